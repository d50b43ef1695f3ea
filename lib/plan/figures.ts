import type { Figure } from './figure';

/** What one pod is sized to, and what it then does. */
export const SIZE_FIGURES = [
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
] as const;

/** The shutdown budget. */
export const SHUTDOWN_FIGURES = ['lameDuck', 'drain', 'flush', 'gracePeriod'] as const;

/** Bounds and target of the autoscaler. */
export const SCALE_FIGURES = ['minReplicas', 'maxReplicas', 'targetUtilization'] as const;

/** How fast the autoscaler moves, rolling updates, evictions, and the pods that exist at most. */
export const FLEET_FIGURES = [
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

/** Names of the figures of a `WorkerPlan`, in the order in which they are explained. */
export const FIGURE_NAMES = [
  ...SIZE_FIGURES,
  'backlogPerReplica',
  'queueCapacity',
  'prefetch',
  'ackWait',
  'maxAckPending',
  ...SHUTDOWN_FIGURES,
  ...SCALE_FIGURES,
  'unsettledPerReplica',
  'pollingInterval',
  'cooldown',
  ...FLEET_FIGURES,
] as const;

/** Name of one figure of a worker. */
export type FigureName = (typeof FIGURE_NAMES)[number];

/** Figures that may be absent: no limit, the Go runtime's own reading is right, tasks wait elsewhere, never idle. */
type OptionalFigureName =
  | 'cpuLimit'
  | 'gomaxprocs'
  | 'queueCapacity'
  | 'unsettledPerReplica'
  | 'pollingInterval'
  | 'cooldown';

/** A worker's figures by name. */
export type Figures = Readonly<Record<Exclude<FigureName, OptionalFigureName>, Figure>> &
  Readonly<Partial<Record<OptionalFigureName, Figure>>>;

/** Units of a shared resource that a workload holds at its peak. */
export interface DownstreamUse {
  /** Name of the resource. */
  readonly name: string;
  /** What it can take. */
  readonly limit: number;
  /** What this workload holds at most, and in which case. */
  readonly peak: Figure;
}
