/** Pods that the autoscaler cannot tell apart. */
export interface PodGroup {
  /** How many pods are in this state. */
  readonly count: number;
  /** Failed pods count as terminating ones do. */
  readonly phase: 'Pending' | 'Running' | 'Failed';
  /** Whether the condition Ready is true. */
  readonly ready: boolean;
  /** Whether they have a deletion timestamp. */
  readonly terminating: boolean;
  /** Their `status.startTime`. */
  readonly startMillis: number;
  /** When their condition Ready changed last. */
  readonly readyChangedMillis: number;
}

/** What each pod reports for a metric of kind Pods, Resource or ContainerResource. */
export interface PodSamples {
  /** Thousandths of the unit, by the index of the group in {@link Observation.pods}; `undefined`: no sample. */
  readonly milli: readonly (number | undefined)[];
  /**
   * When the samples were taken; heeded for the CPU of young pods.
   *
   * @default the time of the observation
   */
  readonly takenMillis?: number;
  /**
   * The time over which they were taken.
   *
   * @default 0
   */
  readonly windowMillis?: number;
  /**
   * What each pod requests of the resource, in thousandths.
   *
   * @default 0, with which a target of kind Utilization fails
   */
  readonly requestMilli?: number;
}

/** What was read of one metric: a value in thousandths (External, Object), samples of pods, or an error. */
export type Reading = number | PodSamples | 'failed';

/** What the controller sees when it looks. */
export interface Observation {
  /** Time, from any origin; it never runs back. */
  readonly nowMillis: number;
  /** `spec.replicas` of the target. */
  readonly replicas: number;
  /** `status.replicas` of the target: its pods that are not terminating. */
  readonly listed: number;
  /** All pods that the target selects, terminating ones too. */
  readonly pods: readonly PodGroup[];
  /** One for each metric of the spec, in its order. */
  readonly readings: readonly Reading[];
}

/** Conditions of the HorizontalPodAutoscaler, as `T:Reason` or `F:Reason`; empty while absent. */
export interface Conditions {
  /** Of condition AbleToScale. */
  readonly able: string;
  /** Of condition ScalingLimited. */
  readonly limited: string;
  /** Of condition ScalingActive. */
  readonly active: string;
  /** Of condition ScaledToZero. */
  readonly zero: string;
}

/** What the controller does about an {@link Observation}. */
export interface Decision extends Conditions {
  /** `spec.replicas` of the target after it. */
  readonly desired: number;
  /** The recommendation of the metrics before windows, bounds and rates; `undefined` when there is none. */
  readonly raw: number | undefined;
  /** Whether a metric failed, so that the controller reports an error. */
  readonly failed: boolean;
  /** `status.currentReplicas` and `status.desiredReplicas`. */
  readonly status: readonly [current: number, desired: number];
  /**
   * `status.currentMetrics`, one value for each metric of the spec: thousandths, or percent for Utilization; `null` for
   * one that failed. Empty when no metrics were read.
   */
  readonly seen: readonly (number | null)[];
}
