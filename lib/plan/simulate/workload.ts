import { type Fields, fieldsOf, numberAt, textAt, within } from '../fields';
import { beside, listAt, ofKind } from './document';

const GRACE_SECONDS = 30;

/** The documents that scale a workload: HorizontalPodAutoscalers, then ScaledObjects. */
export function scalersOf(documents: readonly unknown[]): readonly unknown[] {
  return [...ofKind(documents, 'HorizontalPodAutoscaler'), ...ofKind(documents, 'ScaledObject')];
}

/** The pod template of a workload or a CronJob. */
export function templateOf(workload: unknown): unknown {
  return within(workload, 'spec', 'jobTemplate', 'spec', 'template') ?? within(workload, 'spec', 'template');
}

/** The workload that a scaler names. */
export function targetOf(documents: readonly unknown[], scaler: unknown): unknown {
  const target = within(scaler, 'spec', 'scaleTargetRef');
  const kind = textAt(target, 'kind') ?? 'Deployment';
  return beside(documents, scaler, kind, textAt(target, 'name'));
}

/** What the ConfigMaps hold that the pods of a workload mount. */
export function mountedData(documents: readonly unknown[], workload: unknown): Fields[] {
  return listAt(templateOf(workload), 'spec', 'volumes').flatMap((volume): readonly Fields[] => {
    const config = beside(documents, workload, 'ConfigMap', textAt(volume, 'configMap', 'name'));
    const data = fieldsOf(within(config, 'data'));
    return data === undefined ? [] : [data];
  });
}

/** Grace period of the pods of a template in seconds, Kubernetes' own where it names none. */
export function graceOf(template: unknown): number {
  return numberAt(template, 'spec', 'terminationGracePeriodSeconds') ?? GRACE_SECONDS;
}

/** The worker's configuration, from a ConfigMap that its pods mount. */
export function contractOf(documents: readonly unknown[], workload: unknown): unknown {
  return mountedData(documents, workload)
    .flatMap((data) => Object.values(data))
    .map((text) => (typeof text === 'string' ? parsed(text) : undefined))
    .find((contract) => numberAt(contract, 'pool', 'slots') !== undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a workload answers requests by a configuration of Capstan, and takes no tasks. */
export function isService(documents: readonly unknown[], workload: unknown): boolean {
  return mountedData(documents, workload).some((data) => textAt(data, 'service.json') !== undefined);
}
