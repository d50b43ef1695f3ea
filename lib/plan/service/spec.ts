import type { ClusterSpec, DownstreamBudget, ResourcesSpec, RolloutSpec, ShutdownSpec } from '../spec';

/**
 * The plain spec that a service is planned from. Numbers carry their unit in the name; nothing here knows Kubernetes
 * objects, cdk8s or files. The `WebService` construct converts its props into this.
 */
export interface ServiceSpec {
  /** Name of the service; appears in reasons. */
  readonly name: string;
  /** What one request costs. */
  readonly request: RequestSpec;
  /**
   * Requests that are handled at the same time in one pod.
   * @default sized from `resources`: what the CPU keeps busy, at most what the memory holds
   */
  readonly concurrency?: number;
  /**
   * CPU and memory of one pod.
   * @default sized from `concurrency`
   */
  readonly resources?: ResourcesSpec;
  /** Bounds and signal of the autoscaler. */
  readonly scale: ServiceScaleSpec;
  /**
   * Seconds within which an average request is answered by a pod that is full, waiting for a slot included. A request
   * that would wait longer is refused with 503.
   * @default an average request may wait as long as it takes, and at least 100 ms
   */
  readonly latencySeconds?: number;
  /**
   * Whether requests come from outside of the cluster too; what routes those follows a pod that goes later.
   * @default 'cluster'
   */
  readonly reach?: 'cluster' | 'outside';
  /**
   * Parts of the shutdown budget.
   * @default each part has its own
   */
  readonly shutdown?: ShutdownSpec;
  /**
   * Rolling update.
   * @default a quarter of `scale.max` more pods, each of which has to stay ready for 5 s
   */
  readonly rollout?: RolloutSpec;
  /**
   * What shared resources can take; `perTask` counts for each running request.
   * @default no budget is checked
   */
  readonly downstream?: readonly DownstreamBudget[];
  /**
   * Clusters that the manifests have to work on.
   * @default Kubernetes 1.32 and newer
   */
  readonly cluster?: ClusterSpec;
}

/** What one request costs. Either measured or estimated. */
export interface RequestSpec {
  /** CPU seconds that one request uses. */
  readonly cpuSeconds: number;
  /** Wall seconds from start to end of one request when the pod is not short of CPU; the runtime ends one at `max`. */
  readonly durationSeconds: { readonly mean: number; readonly max: number };
  /** Resident memory of the idle process, and the peak that each running request adds, its body included. */
  readonly memoryBytes: { readonly base: number; readonly perRequest: number };
  /**
   * Files in /tmp: what the process keeps and what each running request adds.
   * @default base 16 MiB, perRequest 0
   */
  readonly scratchBytes?: { readonly base: number; readonly perRequest: number };
  /**
   * Largest body; a larger one is refused with 413.
   * @default 1 MiB
   */
  readonly maxBodyBytes?: number;
}

/** What the autoscaler of a service follows. */
export type ServiceSignal = 'in-flight' | 'cpu' | 'requests-per-second';

/** Bounds and signal of a service's autoscaler. */
export interface ServiceScaleSpec {
  /** Fewest pods, 1 or more: a request finds nobody else. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /**
   * What it follows: requests in flight against the bound, CPU against the request, or requests per second.
   * @default 'in-flight'
   */
  readonly by?: ServiceSignal;
  /**
   * Share of what a full pod does that the autoscaler holds, whatever it follows.
   * @default 0.7
   */
  readonly targetUtilization?: number;
}
