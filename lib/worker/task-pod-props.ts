import type { Duration } from 'cdk8s';
import type { EnvValue, VolumeMount } from 'cdk8s-plus-27';
import type { GoApp } from '../go-app';
import type { Connection } from '../network/endpoint';
import type { Egress } from '../network/peer';
import type { TaskSource } from '../source';
import type { TracedProps } from '../telemetry/props';
import type { PlacementProps } from '../workload/placement';
import type { PodResources } from '../workload/pod-resources';
import type { Downstream } from './downstream';
import type { WorkerLiveSettings, WorkerProtection } from './protect/props';
import type { TaskProfile } from './task-profile';

/** What all forms of a worker take: about its pods, whatever makes them. */
export interface TaskPodProps extends PlacementProps, TracedProps {
  /** The Go app that handles tasks. */
  readonly app: GoApp;
  /** What one task costs, measured or estimated. */
  readonly task: TaskProfile;
  /**
   * Tasks that run at the same time in one pod.
   * @default sized from `resources`: what the CPU keeps busy, at most what the memory holds
   */
  readonly concurrency?: number;
  /**
   * CPU and memory of one pod; what is left out is derived, what is given is checked.
   * @default sized from `concurrency`
   */
  readonly resources?: PodResources;
  /**
   * Parts of the shutdown budget.
   * @default derived, see its parts
   */
  readonly shutdown?: WorkerShutdown;
  /**
   * What happens to a task whose handler fails. A topic of Kafka needs `{ maxAttempts: 1 }`.
   * @default five attempts, then the dead letter
   */
  readonly retry?: WorkerRetry;
  /**
   * What keeps the pods from overloading what their handlers call.
   * @default nothing but the number of slots
   */
  readonly protect?: WorkerProtection;
  /**
   * Settings that may change under running pods, in a ConfigMap of their own; `{}` makes one to be edited later.
   * @default a change of settings rolls the pods
   */
  readonly live?: WorkerLiveSettings;
  /**
   * What shared resources can take, such as database connections; the worker's peak is checked against each.
   * @default nothing is checked
   */
  readonly downstream?: readonly Downstream[];
  /**
   * Servers and services that the handler calls: their network policies are opened for the pods, and the pods get
   * their variables.
   * @default none besides those of `source` and `downstream`
   */
  readonly connections?: readonly Connection[];
  /**
   * The handler's own settings.
   * @default none
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Variables for the container besides those that Capstan sets (CAPSTAN_CONFIG, GOMAXPROCS, GOMEMLIMIT).
   * @default none
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /**
   * Volumes besides /tmp and /etc/capstan.
   * @default none
   */
  readonly volumes?: readonly VolumeMount[];
  /**
   * Where handlers read and write files.
   * @default a folder source's own folders; otherwise none
   */
  readonly folders?: {
    /**
     * Where they read.
     * @default that of a folder source; otherwise none
     */
    readonly input?: string;
    /**
     * Where they write.
     * @default that of a folder source; otherwise none
     */
    readonly output?: string;
  };
  /**
   * What the pods may call besides DNS; `connections` of cdk8s-plus can add more.
   * @default nothing
   */
  readonly egress?: readonly Egress[];
}

/** The same with where the pods' tasks come from. */
export interface SourcedProps extends TaskPodProps {
  /** Where tasks come from. */
  readonly source: TaskSource;
}

/** Parts of the shutdown budget. */
export interface WorkerShutdown {
  /**
   * How long a pushed-to worker goes on serving after SIGTERM, until endpoints have followed.
   * @default 5 s when tasks are pushed, none when they are pulled
   */
  readonly lameDuck?: Duration;
  /**
   * Time for acks, hand-backs and the report.
   * @default 3 s
   */
  readonly flush?: Duration;
  /**
   * The pod's grace period, when somebody else fixes it; it is then checked, not derived.
   * @default lame duck + longest task + flush
   */
  readonly gracePeriod?: Duration;
}

/** What happens to a task whose handler fails: tried again after a growing delay, then to the dead letter. */
export interface WorkerRetry {
  /**
   * Attempts before the dead letter, the first one included.
   * @default 5
   */
  readonly maxAttempts?: number;
  /**
   * Delay before the second attempt; each later one doubles it. Half of it is random, so that tasks which failed
   * together do not come back together.
   * @default 1 s
   */
  readonly initialDelay?: Duration;
  /**
   * Longest delay.
   * @default 1 min
   */
  readonly maxDelay?: Duration;
}
