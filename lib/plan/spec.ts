/**
 * What the specs of all forms of a worker say about one pod. Numbers carry their unit in the name; nothing here knows
 * Kubernetes objects, cdk8s or files.
 */
export interface TaskPodSpec {
  /** Name of the worker; appears in reasons. */
  readonly name: string;
  /** What one task costs. */
  readonly task: TaskSpec;
  /**
   * Tasks that run at the same time in one pod.
   * @default sized from `resources`: what the CPU keeps busy, at most what the memory holds
   */
  readonly concurrency?: number;
  /**
   * CPU and memory of one pod.
   * @default sized from `concurrency`
   */
  readonly resources?: ResourcesSpec;
  /** Where tasks come from, as far as numbers depend on it. */
  readonly source: SourceSpec;
  /**
   * Parts of the shutdown budget.
   * @default derived, see its parts
   */
  readonly shutdown?: ShutdownSpec;
  /**
   * Most tasks per second that one pod fetches.
   * @default as many as its slots and its CPU get done
   */
  readonly ratePerPod?: number;
  /**
   * What shared resources can take.
   * @default no budget is checked
   */
  readonly downstream?: readonly DownstreamBudget[];
  /**
   * Clusters that the manifests have to work on.
   * @default Kubernetes 1.32 and newer
   */
  readonly cluster?: ClusterSpec;
}

/** The plain spec of a worker that an autoscaler scales. The `Worker` construct converts its props into this. */
export interface WorkerSpec extends TaskPodSpec {
  /** Bounds and speed of the autoscaler. */
  readonly scale: ScaleSpec;
  /**
   * Rolling update.
   * @default a quarter of `scale.max` more pods at most, see its parts
   */
  readonly rollout?: RolloutSpec;
}

/** The plain spec of a worker in shards. The `ShardedWorker` construct converts its props into this. */
export interface ShardedSpec extends TaskPodSpec {
  /** Pods, each with a part of the keys of its own. */
  readonly shards: number;
  /**
   * Seconds that a fresh pod has to stay ready before the next one is replaced.
   * @default 5
   */
  readonly minReadySeconds?: number;
}

/** The plain spec of a job. The `WorkerJob` and `WorkerCronJob` constructs convert their props into this. */
export interface JobSpec extends TaskPodSpec {
  /** How the job goes through its tasks. */
  readonly job: JobRunSpec;
}

/** The plain spec of a worker in any of its forms. */
export type AnyWorkerSpec = WorkerSpec | ShardedSpec | JobSpec;

/** How a job goes through its tasks. */
export interface JobRunSpec {
  /**
   * Pods that have to end well.
   * @default 1
   */
  readonly completions?: number;
  /**
   * Pods that run at the same time.
   * @default all completions
   */
  readonly parallelism?: number;
  /** Whether each pod has its own part of the tasks, or all take from one queue. */
  readonly tasksAre: 'split' | 'shared';
  /**
   * Tasks of one run.
   * @default nobody knows; then the deadline has to be given
   */
  readonly tasks?: number;
  /**
   * Seconds after which the run is ended as failed.
   * @default three times the run time and what the longest task takes, at least 10 min
   */
  readonly deadlineSeconds?: number;
  /**
   * When it runs again and again.
   * @default it runs once
   */
  readonly schedule?: JobScheduleSpec;
}

/** When a job runs again. */
export interface JobScheduleSpec {
  /** Shortest time between two runs in seconds. */
  readonly periodSeconds: number;
  /** What happens when a run is due and the one before it is not done: see `concurrencyPolicy` of a CronJob. */
  readonly overlap: 'forbid' | 'replace' | 'allow';
  /**
   * Seconds that a run may start too late before it is left out.
   * @default half a period, at least 30 s and at most an hour
   */
  readonly startingDeadlineSeconds?: number;
}

/** What one task costs. Either measured (`profile.json`) or estimated. */
export interface TaskSpec {
  /** CPU seconds that one task uses. */
  readonly cpuSeconds: number;
  /** Wall seconds from start to end of one task when the pod is not short of CPU; `max` is a promise that the runtime enforces. */
  readonly durationSeconds: { readonly mean: number; readonly max: number };
  /** Resident memory of the idle process, and the peak that each running task adds. */
  readonly memoryBytes: { readonly base: number; readonly perTask: number };
  /**
   * Files in /tmp: what the process keeps and what each running task adds.
   * @default base 16 MiB, perTask 0
   */
  readonly scratchBytes?: { readonly base: number; readonly perTask: number };
}

/** CPU and memory of one pod; what is left out is derived. */
export interface ResourcesSpec {
  /**
   * CPU cores.
   * @default derived from the tasks
   */
  readonly cpu?: {
    /**
     * Cores that are kept free for the pod.
     * @default what the slots use, in steps of 10m
     */
    readonly request?: number;
    /**
     * Cores that the pod may use; `'none'` leaves the limit out: then GOMAXPROCS follows the request.
     * @default a quarter above what the slots use, rounded up to whole cores
     */
    readonly limit?: number | 'none';
  };
  /**
   * Bytes.
   * @default derived from the tasks
   */
  readonly memory?: {
    /**
     * Bytes that are kept free for the pod.
     * @default the limit
     */
    readonly request?: number;
    /**
     * Bytes above which the pod is killed.
     * @default what full slots need
     */
    readonly limit?: number;
  };
}

/** Bounds and speed of the autoscaler. */
export interface ScaleSpec {
  /** Fewest pods. 0 needs a source outside of the pods, and KEDA or every cluster at Kubernetes 1.37 or newer. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** A backlog is worked off within this time, once the pods are there. */
  readonly drainWithinSeconds: number;
  /**
   * Busy slots ÷ slots that the autoscaler holds.
   * @default what `waitSeconds` asks for; 0.7 without it
   */
  readonly targetUtilization?: number;
  /**
   * Longest wait for a slot in seconds that 99 of 100 tasks may have under a steady load: the target utilisation is
   * derived from it by queueing theory. Give it or `targetUtilization`.
   * @default no wait is asked for
   */
  readonly waitSeconds?: { readonly p99: number };
  /**
   * Who scales: an autoscaler of Kubernetes, or KEDA.
   * @default 'hpa'
   */
  readonly by?: 'hpa' | 'keda';
}

/** Where tasks come from, as far as numbers depend on it. */
export interface SourceSpec {
  /** Whether the worker pulls (no lame duck needed) or is pushed to over HTTP. */
  readonly delivery: 'pull' | 'push';
  /** Seconds from asking the queue for tasks to having them. */
  readonly roundTripSeconds: number;
  /**
   * Tasks wait in each pod's own memory and end with it, so that it works them off before it goes.
   * @default what waits is the queue's and outlives the pod
   */
  readonly held?: HeldTasksSpec;
}

/** Tasks that wait in a pod's own memory. */
export interface HeldTasksSpec {
  /**
   * Tasks that one pod holds, waiting and in flight.
   * @default enough for the autoscaler to see the backlog at which it adds pods
   */
  readonly capacity?: number;
  /**
   * Largest payload of a task in bytes, its id included; larger ones are refused.
   * @default 1024
   */
  readonly payloadBytes?: number;
}

/** Parts of the shutdown budget. */
export interface ShutdownSpec {
  /**
   * Seconds that a pushed-to worker goes on serving after SIGTERM, until endpoints have followed.
   * @default 5 for push, 0 for pull
   */
  readonly lameDuckSeconds?: number;
  /**
   * Seconds for acks, hand-backs and the report.
   * @default 3
   */
  readonly flushSeconds?: number;
  /**
   * terminationGracePeriodSeconds, when somebody else fixes it; it is then checked, not derived.
   * @default lame duck + longest task + flush
   */
  readonly graceSeconds?: number;
}

/** Rolling update. */
export interface RolloutSpec {
  /**
   * Pods above the wanted count during a rolling update. 0 means no rolling update at all: every old pod has ended
   * before a new one starts (strategy `Recreate`), for sources that bear one process only.
   * @default a quarter of `scale.max`, rounded up
   */
  readonly maxSurge?: number;
  /**
   * Pods below the wanted count during a rolling update.
   * @default 0
   */
  readonly maxUnavailable?: number;
  /**
   * Seconds that a fresh pod has to stay ready before the next old one goes.
   * @default 5
   */
  readonly minReadySeconds?: number;
}

/** What a program calls the numbers of a {@link DownstreamBudget}. */
export interface BudgetCalls {
  /** The number of units that each pod holds, such as `connectionsPerPod`. */
  readonly perPod: string;
  /** The number that the limit follows from, such as `maxConnections of catalog`. */
  readonly limit: string;
}

/** What a shared resource can take: database connections, an API quota. */
export interface DownstreamBudget {
  /** Name of the resource; appears in errors. */
  readonly name: string;
  /** Most units that may be in use at the same time. */
  readonly limit: number;
  /**
   * Units that each running task holds.
   * @default 1, or 0 when `perPod` is given
   */
  readonly perTask?: number;
  /**
   * Units that each pod holds, whatever it runs.
   * @default 0
   */
  readonly perPod?: number;
  /**
   * What a program calls the numbers to change when the budget does not suffice; appears in errors.
   * @default `perPod`, and `what NAME can take`
   */
  readonly calls?: BudgetCalls;
}

/** Clusters that the manifests have to work on. */
export interface ClusterSpec {
  /**
   * Oldest Kubernetes minor version, such as `1.32`.
   * @default 1.32
   */
  readonly oldest?: string;
  /**
   * Newest Kubernetes minor version, such as `1.37`.
   * @default 1.37
   */
  readonly newest?: string;
  /**
   * Feature gates that all of them have on although they are off by default: fields behind others are dropped by an
   * API server, and so refused by the synth.
   * @default none
   */
  readonly featureGates?: readonly string[];
  /**
   * API versions that all of them serve although they are off by default, such as `resource.k8s.io/v1beta1`.
   * @default none
   */
  readonly apis?: readonly string[];
}
