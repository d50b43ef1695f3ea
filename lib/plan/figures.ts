import type { Figure } from './figure';

/** Names of the figures of a `WorkerPlan`, in the order in which they are explained. */
export const FIGURE_NAMES = [
  'poolSlots',
  'cpuRequest',
  'cpuLimit',
  'memoryRequest',
  'memoryLimit',
  'scratch',
  'ephemeralStorageRequest',
  'ephemeralStorageLimit',
  'gomaxprocs',
  'gomemlimit',
  'throughputPerPod',
  'backlogPerReplica',
  'queueCapacity',
  'prefetch',
  'ackWait',
  'maxAckPending',
  'lameDuck',
  'drain',
  'flush',
  'gracePeriod',
  'minReplicas',
  'maxReplicas',
  'targetUtilization',
  'scaleUpPercent',
  'scaleUpPods',
  'scaleUpPeriod',
  'scaleDownWindow',
  'scaleDownPercent',
  'scaleDownPeriod',
  'maxSurge',
  'minReadySeconds',
  'pdbMaxUnavailable',
  'peakPodsSteady',
  'peakPodsRollingUpdate',
  'peakPodsBlueGreen',
  'peakConcurrencySteady',
  'peakConcurrencyRollingUpdate',
  'peakConcurrencyBlueGreen',
] as const;

/** Name of one figure. */
export type FigureName = (typeof FIGURE_NAMES)[number];

/** Figures that may be absent: no limit, the Go runtime's own reading is right, tasks wait elsewhere. */
type OptionalFigureName = 'cpuLimit' | 'gomaxprocs' | 'queueCapacity';

/** Figures by name. */
export type Figures = Readonly<Record<Exclude<FigureName, OptionalFigureName>, Figure>> &
  Readonly<Partial<Record<OptionalFigureName, Figure>>>;

/** Units of a shared resource that a worker holds at its peak. */
export interface DownstreamUse {
  /** Name of the resource. */
  readonly name: string;
  /** What it can take. */
  readonly limit: number;
  /** What this worker holds at most, and in which case. */
  readonly peak: Figure;
}
