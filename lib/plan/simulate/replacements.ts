import { at, beside, listAt, nameOf, numberAt, ofKind, textAt } from './document';
import type { Playable } from './run-worker';
import type { SimulateSettings } from './settings';

/** What a Deployment does by default. */
const DEFAULT_SHARE = '25%';

/** When pods are replaced, and how: rolling updates as the workload says, drains of nodes as its disruption budget lets them. */
export function replacementsOf(
  documents: readonly unknown[],
  workload: unknown,
  pods: number,
  settings: SimulateSettings,
): Playable['replacements'] {
  const rollouts = (settings.rolloutsAt ?? []).map((atSeconds) => ({
    atSeconds,
    how: rollout(workload, pods),
  }));
  const drains = (settings.nodeDrainsAt ?? []).map((atSeconds) => ({
    atSeconds,
    how: drain(documents, workload, pods),
  }));
  return [...rollouts, ...drains].sort((a, b) => a.atSeconds - b.atSeconds);
}

function rollout(workload: unknown, pods: number) {
  const strategy = at(workload, 'spec', 'strategy');
  const rolling = at(strategy, 'rollingUpdate');
  const surge = podsOf(at(rolling, 'maxSurge') ?? DEFAULT_SHARE, pods, Math.ceil);
  const unavailable = podsOf(at(rolling, 'maxUnavailable') ?? DEFAULT_SHARE, pods, Math.floor);
  return {
    surge,
    // As the Deployment controller resolves two that are both 0.
    unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable,
    minReadySeconds: numberAt(workload, 'spec', 'minReadySeconds') ?? 0,
    recreate: textAt(strategy, 'type') === 'Recreate',
  };
}

/** Each pod that is evicted is made anew elsewhere, so it is a replacement without a surge. */
function drain(documents: readonly unknown[], workload: unknown, pods: number) {
  const { namespace } = nameOf(workload);
  const labels = at(workload, 'spec', 'template', 'metadata', 'labels');
  const budget = ofKind(documents, 'PodDisruptionBudget').find((document) => {
    if (nameOf(document).namespace !== namespace) return false;
    const wanted = at(document, 'spec', 'selector', 'matchLabels');
    if (typeof wanted !== 'object' || wanted === null) return false;
    return Object.entries(wanted).every(([name, value]) => at(labels, name) === value);
  });
  const least = at(budget, 'spec', 'minAvailable');
  const most = at(budget, 'spec', 'maxUnavailable');
  const unavailable =
    most !== undefined
      ? podsOf(most, pods, Math.ceil)
      : least !== undefined
        ? Math.max(0, pods - podsOf(least, pods, Math.ceil))
        : pods;
  return { surge: 0, unavailable, minReadySeconds: 0, recreate: false };
}

function podsOf(value: unknown, pods: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const share = /^(\d+)%$/.exec(String(value))?.[1];
  return share === undefined ? 0 : round((Number(share) * pods) / 100 - 1e-9);
}

/** The pod template of a workload or a CronJob. */
export function templateOf(workload: unknown): unknown {
  return at(workload, 'spec', 'jobTemplate', 'spec', 'template') ?? at(workload, 'spec', 'template');
}

/** The workload that a scaler names. */
export function targetOf(documents: readonly unknown[], scaler: unknown): unknown {
  const target = at(scaler, 'spec', 'scaleTargetRef');
  const kind = textAt(target, 'kind') ?? 'Deployment';
  return beside(documents, scaler, kind, textAt(target, 'name'));
}

/** Whether a workload takes tasks from a configuration of Capstan, or is somebody else's. */
export function isService(documents: readonly unknown[], workload: unknown): boolean {
  return listAt(templateOf(workload), 'spec', 'volumes').some((volume) => {
    const config = beside(documents, workload, 'ConfigMap', textAt(volume, 'configMap', 'name'));
    return textAt(config, 'data', 'service.json') !== undefined;
  });
}
