import type { Figure } from './figure';
import type { Problem } from './problem';

/** Names of the figures of a {@link WorkerPlan}, in the order in which they are explained. */
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
  'backlogPerReplica',
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

/** Figures by name. `cpuLimit`, `gomaxprocs` may be absent: no limit, or the Go runtime's own reading is right. */
export type Figures = Readonly<Record<Exclude<FigureName, 'cpuLimit' | 'gomaxprocs'>, Figure>> &
  Readonly<Partial<Record<'cpuLimit' | 'gomaxprocs', Figure>>>;

/** Units of a shared resource that a worker holds at its peak. */
export interface DownstreamUse {
  /** Name of the resource. */
  readonly name: string;
  /** What it can take. */
  readonly limit: number;
  /** What this worker holds at most, and in which case. */
  readonly peak: Figure;
}

/** All numbers that follow from one worker's spec. A plain value: it serializes with JSON.stringify. */
export interface WorkerPlan {
  /** Name of the worker. */
  readonly name: string;
  /** Every derived number with its reason. */
  readonly figures: Figures;
  /** Use of each shared resource at the peak. */
  readonly downstream: readonly DownstreamUse[];
  /** What is wrong with the spec. A plan with problems is never deployed: synth fails and lists them. */
  readonly problems: readonly Problem[];
}
