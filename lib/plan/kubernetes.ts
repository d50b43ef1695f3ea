/**
 * Facts of Kubernetes that the plan rests on, each with its source.
 */

/**
 * The autoscaler leaves a pod count alone while the metric is within this share of its target
 * (`--horizontal-pod-autoscaler-tolerance`, default 0.1).
 */
export const HPA_TOLERANCE = 0.1;

/** The autoscaler looks once in this many seconds (`--horizontal-pod-autoscaler-sync-period`, default 15 s). */
export const HPA_SYNC_SECONDS = 15;

/** Longest `stabilizationWindowSeconds` that autoscaling/v2 accepts. */
export const HPA_WINDOW_MAX_SECONDS = 3600;

/** Longest `periodSeconds` of a scaling policy that autoscaling/v2 accepts. */
export const HPA_PERIOD_MAX_SECONDS = 1800;

/** First minor version where an autoscaler may scale to zero by default (feature gate HPAScaleToZero). */
export const SCALE_TO_ZERO_MINOR = 37;

/** First minor version where a StatefulSet heeds `maxUnavailable` by default (feature gate MaxUnavailableStatefulSet). */
export const STATEFUL_MAX_UNAVAILABLE_MINOR = 37;

/** Default of a Deployment's `progressDeadlineSeconds`, which has to be above `minReadySeconds`. */
export const PROGRESS_DEADLINE_SECONDS = 600;

/** Most pods of a supported cluster ("Considerations for large clusters"). */
export const CLUSTER_PODS_MAX = 150_000;

/** Most pods that an Indexed Job with a limit of failures for each may have, at the same time or in all. */
export const INDEXED_JOB_MAX = 100_000;

/** CPU is given in steps of a thousandth of a core. */
export const CPU_PARTS = 1000;

/**
 * Container logs that a node keeps for a pod and that count as its ephemeral storage: 5 files of 10 MiB
 * (KubeletConfiguration `containerLogMaxFiles`, `containerLogMaxSize`), and 14 MiB for what is written until the
 * next rotation, which is checked every 10 s.
 */
export const POD_LOG_BYTES = 64 * 2 ** 20;
