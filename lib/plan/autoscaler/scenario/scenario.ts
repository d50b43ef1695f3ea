import type { AutoscalerSpec } from '../spec';

/**
 * One run of an autoscaler in a closed world, so that the controller and its model can be compared row by row. The
 * format of the file is described in docs/autoscaler.md.
 */
export interface Scenario {
  /** Empty where it has none. */
  readonly name: string;
  /** The autoscaler, with the defaults in place. */
  readonly spec: AutoscalerSpec;
  /** Pods at the start, ready for an hour. */
  readonly initialReplicas: number;
  /** From a pod's creation until it runs. */
  readonly podPendingSeconds: number;
  /** From a pod's creation until it is ready. */
  readonly podReadySeconds: number;
  /** How long a removed pod lingers. */
  readonly podTerminationSeconds: number;
  /** What running pods report that are not ready: `zero` (CPU: {@link unreadyCpuMilli}), or nothing. */
  readonly unreadyPods: 'zero' | 'missing';
  /** Length of the run. */
  readonly durationSeconds: number;
  /** Width of a step of the series. */
  readonly seriesStepSeconds: number;
  /** Busy slots that the load wants, at each step. */
  readonly demandSlots: readonly number[];
  /** Slots of a pod. */
  readonly slotsPerPod: number;
  /** The external metric at each step. */
  readonly backlog: readonly number[];
  /** CPU of a busy slot. */
  readonly cpuMilliPerBusySlot: number;
  /** CPU that a pod requests. */
  readonly cpuRequestMilli: number;
  /** CPU of a running pod that is not ready. */
  readonly unreadyCpuMilli: number;
  /** Time over which a sample of CPU was taken. */
  readonly cpuMetricWindowSeconds: number;
  /** Age of a sample of CPU. */
  readonly cpuMetricAgeSeconds: number;
  /** By metric, the steps at which it is an error. */
  readonly missingSteps: ReadonlyMap<string, ReadonlySet<number>>;
  /** What a sync takes. */
  readonly syncLatencyMillis: number;
}

/** What a sync of a scenario did. */
export interface ScenarioRow {
  /** Start of the sync, in seconds. */
  readonly t: number;
  /** Replicas before it. */
  readonly current: number;
  /** Replicas after it. */
  readonly desired: number;
  /** Pods that are ready and not terminating, before its change. */
  readonly ready: number;
  /** Pods that are not terminating, before its change. */
  readonly listed: number;
  /** What the metrics recommend, before windows, bounds and rates; `null`: not computed. */
  readonly raw: number | null;
  /**
   * Whether the sync ended with an error.
   *
   * @default it did not
   */
  readonly err?: true;
  /** `currentReplicas` and `desiredReplicas` of the status. */
  readonly status: readonly [number, number];
  /** The metrics as the status shows them: thousandths, or percent for Utilization; `null` for one that failed. */
  readonly seen: readonly (number | null)[];
  /** AbleToScale, as `T:Reason` or `F:Reason`; empty while absent. */
  readonly able: string;
  /** ScalingLimited, likewise. */
  readonly limited: string;
  /** ScalingActive, likewise. */
  readonly active: string;
  /** ScaledToZero, likewise. */
  readonly zero: string;
}
