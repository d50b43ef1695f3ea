import { type Fields, fieldsOf, numberAt, objectsOf, textAt, within } from '../plan/fields';
import { peakPods } from '../plan/rollout/peak';
import { rollingShares } from '../plan/rollout/pod-share';
import { scaleDown } from '../plan/scaling';
import { beside, nameOf } from '../plan/simulate/document';
import { KEDA_PODS } from '../plan/simulate/keda';
import { contractOf, graceOf, scalersOf, targetOf, templateOf } from '../plan/simulate/workload';
import { quantityValue } from '../schema/quantity';

/** What manifests say about the size of a workload. */
export interface WorkloadSize {
  /** Fewest pods. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** Tasks or requests at once in each pod; `undefined`: the manifests do not say. */
  readonly slots: number | undefined;
  /** Most pods at the same time, those of a rolling update and those that drain among them. */
  readonly peakPods: number;
  /** Grace period in seconds. */
  readonly graceSeconds: number;
  /** CPU cores that a pod requests. */
  readonly cpuCores: number;
  /** Most CPU cores that a pod gets: its limit, or what it requests. */
  readonly mostCpuCores: number;
  /** Bytes that a pod may use; `undefined`: no limit. */
  readonly memoryBytes: number | undefined;
  /** Whether something scales it. */
  readonly isScaled: boolean;
}

/** Workloads whose number of pods the manifests of a cluster say. */
export function sizedWorkloads(documents: readonly Fields[]): Fields[] {
  return documents.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
}

/** What the manifests of a cluster say about the size of one of its workloads. */
export function sizeOf(workload: Fields, documents: readonly Fields[]): WorkloadSize {
  const scaler = scalersOf(documents).find((it) => targetOf(documents, it) === workload);
  const { min, max } = boundsOf(workload, scaler);
  const pod = within(workload, 'spec', 'template', 'spec');
  const graceSeconds = graceOf(templateOf(workload));
  const isDeployment = workload.kind === 'Deployment';
  const isRecreate = textAt(workload, 'spec', 'strategy', 'type') === 'Recreate';
  const rolls = isDeployment && !isRecreate;
  const peaks = peakPods({
    ...{ min, max, graceSeconds, scaleDown: scaleDown(graceSeconds) },
    ...(rolls ? rollingShares(workload, max) : { surge: 0, unavailable: 0 }),
    minReadySeconds: numberAt(workload, 'spec', 'minReadySeconds') ?? 0,
  });
  const containers = objectsOf(within(pod, 'containers'));
  const sum = (list: 'requests' | 'limits', name: string) => {
    const amounts = containers.map((it) => quantityValue(within(it, 'resources', list, name)));
    return amounts.includes(undefined) ? undefined : amounts.reduce<number>((all, it) => all + (it ?? 0), 0);
  };
  const cpuCores = sum('requests', 'cpu') ?? sum('limits', 'cpu') ?? 0;
  return {
    ...{ min, max, graceSeconds, cpuCores },
    slots: numberAt(contractOf(documents, workload), 'pool', 'slots'),
    peakPods: rolls ? Math.max(peaks.steady, peaks.rollingUpdate) : max,
    mostCpuCores: sum('limits', 'cpu') ?? cpuCores,
    memoryBytes: sum('limits', 'memory'),
    isScaled: scaler !== undefined,
  };
}

function boundsOf(workload: Fields, scaler: unknown): { readonly min: number; readonly max: number } {
  if (scaler === undefined) {
    const replicas = numberAt(workload, 'spec', 'replicas') ?? 1;
    return { min: replicas, max: replicas };
  }
  if (textAt(scaler, 'kind') === 'ScaledObject') {
    return {
      min: numberAt(scaler, 'spec', 'minReplicaCount') ?? KEDA_PODS.min,
      max: numberAt(scaler, 'spec', 'maxReplicaCount') ?? KEDA_PODS.max,
    };
  }
  const max = numberAt(scaler, 'spec', 'maxReplicas') ?? 1;
  return { min: numberAt(scaler, 'spec', 'minReplicas') ?? 1, max };
}

/** The same workload among other documents; `undefined` when it is not there. */
export function counterpart(workload: Fields, documents: readonly Fields[]): Fields | undefined {
  return fieldsOf(beside(documents, workload, String(workload.kind), nameOf(workload).name));
}
