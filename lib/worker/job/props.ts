import type { Cron, Duration } from 'cdk8s';
import type { SourcedProps } from '../task-pod-props';

/** What jobs take, whether they run once or again and again. */
export interface JobProps extends SourcedProps {
  /**
   * Pods that have to end well. The seeds of a memory source, or the files of a folder, are divided among them by
   * their index; the pods of a broker take from one queue, and all run at the same time.
   * @default 1; with a broker `parallelism`
   */
  readonly completions?: number;
  /**
   * Pods that run at the same time.
   * @default all of `completions`
   */
  readonly parallelism?: number;
  /**
   * Tasks of one run; an estimate will do. The run time and the deadline follow from it.
   * @default the seeds of a memory source; of other sources nobody knows, and `deadline` has to be given
   */
  readonly tasks?: number;
  /**
   * Time after which a run is ended as failed; whole seconds.
   * @default three times the planned run time, and what the longest task takes; at least 10 min
   */
  readonly deadline?: Duration;
  /**
   * Pods that may fail for each index before that index has failed. Pods that are evicted do not count, and a pod
   * that refuses its configuration fails the job at once.
   * @default 3
   */
  readonly podRetries?: number;
}

/** Properties of a `WorkerJob`. */
export interface WorkerJobProps extends JobProps {
  /**
   * How long a finished job stays. What applies manifests again and again, as GitOps does, makes it again when it is
   * gone, and so runs it again.
   * @default it stays until another one takes its place
   */
  readonly keepFor?: Duration;
}

/** Properties of a `WorkerCronJob`. */
export interface WorkerCronJobProps extends JobProps {
  /** When it runs: a cron expression of five fields such as `30 3 * * *`, or `Cron.daily()`. */
  readonly schedule: Cron | string;
  /**
   * Time zone of the schedule, as the IANA data base names it, such as `Europe/Oslo`.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * What happens when a run is due and the one before it is not done: the new one is left out (`forbid`), takes its
   * place (`replace`), or runs beside it (`allow`).
   * @default 'forbid'
   */
  readonly overlap?: 'forbid' | 'replace' | 'allow';
  /**
   * How late a run may start before it is left out; whole seconds, 10 or more.
   * @default half of the time between two runs, at least 30 s and at most an hour
   */
  readonly startingDeadline?: Duration;
  /**
   * Finished runs that stay to be looked at.
   * @default 3 that ended well and 3 that failed
   */
  readonly history?: JobHistory;
  /**
   * Whether no further run starts.
   * @default false
   */
  readonly suspend?: boolean;
}

/** Finished runs that stay to be looked at. */
export interface JobHistory {
  /**
   * Runs that ended well.
   * @default 3
   */
  readonly succeeded?: number;
  /**
   * Runs that failed.
   * @default 3
   */
  readonly failed?: number;
}
