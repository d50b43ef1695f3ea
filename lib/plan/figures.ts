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

/** How a Job goes through its tasks, and how long it takes. */
const JOB_FIGURES = [
  'completions',
  'parallelism',
  'tasksPerIndex',
  'runTime',
  'deadline',
  'startingDeadline',
] as const;

/** Names of the figures of a `WorkerPlan` in any form, in the order in which they are explained. */
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
  'shards',
  ...JOB_FIGURES,
  ...FLEET_FIGURES,
  'peakPods',
  'peakConcurrency',
] as const;

/** Name of one figure of a worker. */
export type FigureName = (typeof FIGURE_NAMES)[number];

/** Figures of which these are always there; others may be absent, since they are not about this form or these numbers. */
type With<Name extends FigureName> = Readonly<Record<Name, Figure>> &
  Readonly<Partial<Record<FigureName, Figure>>>;

/** Figures of one pod that runs tasks. */
export type PodFigures = With<
  | Exclude<(typeof SIZE_FIGURES)[number], 'cpuLimit' | 'gomaxprocs'>
  | 'prefetch'
  | 'ackWait'
  | (typeof SHUTDOWN_FIGURES)[number]
>;

/** The figures of a worker in any form. */
export type AnyFigures = PodFigures & With<'maxAckPending'>;

/** A worker's figures by name. */
export type Figures = AnyFigures &
  With<'backlogPerReplica' | (typeof SCALE_FIGURES)[number] | (typeof FLEET_FIGURES)[number]>;

/** A sharded worker's figures by name. */
export type ShardFigures = AnyFigures &
  With<'shards' | 'minReadySeconds' | 'pdbMaxUnavailable' | 'peakPods' | 'peakConcurrency'>;

/** A job's figures by name. */
export type JobFigures = AnyFigures &
  With<'completions' | 'parallelism' | 'deadline' | 'peakPods' | 'peakConcurrency'>;

/** Units of a shared resource that a workload holds at its peak. */
export interface DownstreamUse {
  /** Name of the resource. */
  readonly name: string;
  /** What it can take. */
  readonly limit: number;
  /** What this workload holds at most, and in which case. */
  readonly peak: Figure;
}
