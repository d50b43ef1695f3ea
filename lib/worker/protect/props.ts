import type { Duration } from 'cdk8s';

/**
 * What keeps a worker from overloading what its handlers call. Each part is off unless it is there, and counts in each
 * pod alone: a pod knows nothing of the others.
 */
export interface WorkerProtection {
  /**
   * Most tasks that a pod fetches over time. It bounds the planned throughput.
   * @default as fast as the slots are
   */
  readonly rate?: TaskRate;
  /**
   * Stops fetching for a while when too many attempts fail; no task is burnt as an attempt meanwhile.
   * @default every task is tried, whatever became of those before it
   */
  readonly breaker?: CircuitBreaker;
  /**
   * Share of attempts that may be retries; failures beyond it come back after `retry.maxDelay`.
   * @default every failure comes back after its own delay
   */
  readonly retryBudget?: RetryBudget;
  /**
   * Lowers the number of slots while tasks take longer than they used to, and raises it again, at most to the planned
   * one. Tasks of mixed sizes look like overload: use it for tasks that are alike. The autoscaler still sees busy slots
   * by planned slots, so a smaller limit does not add pods.
   * @default the planned slots, always
   */
  readonly adaptive?: AdaptiveSlots;
}

/** Most tasks that a pod fetches over time. */
export interface TaskRate {
  /** Tasks per second of one pod, more than 0. */
  readonly perPod: number;
  /**
   * Tasks that may be fetched at once after a pause.
   * @default those of one second, at least 1
   */
  readonly burst?: number;
}

/** Stops fetching when too many attempts fail. Errors that handlers mark as permanent do not count. */
export interface CircuitBreaker {
  /**
   * Share of attempts that have to fail, from 0 (left out) to 1.
   * @default 0.5
   */
  readonly failureShare?: number;
  /**
   * Attempts that there have to be within the window.
   * @default 20
   */
  readonly leastAttempts?: number;
  /**
   * Time over which attempts are counted.
   * @default 30 s
   */
  readonly window?: Duration;
  /**
   * How long nothing is fetched before it is tried again.
   * @default 30 s
   */
  readonly openFor?: Duration;
  /**
   * Tasks that are tried before all goes on.
   * @default 3
   */
  readonly probes?: number;
}

/** Share of attempts that may be retries. */
export interface RetryBudget {
  /**
   * Retries by attempts within the window, from 0 to 1.
   * @default 0.2
   */
  readonly share?: number;
  /**
   * Retries that are always free within a window.
   * @default 10
   */
  readonly least?: number;
  /**
   * Time over which attempts and retries are counted.
   * @default 1 min
   */
  readonly window?: Duration;
}

/** Slots that follow the time that tasks take. */
export interface AdaptiveSlots {
  /**
   * Slots that are always left.
   * @default 1
   */
  readonly leastSlots?: number;
}

/** Level from which on lines are logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * What may change under running pods: a ConfigMap of its own, NAME-live, whose change rolls no pod. The pods see it within
 * about a minute, check it as a whole, and go on with the old values when it is wrong, which the metric
 * `capstan_settings_reloads_total{result="refused"}` and the log say. What is left out is as all else of the spec has it.
 */
export interface WorkerLiveSettings {
  /**
   * Slots of each pod; at most the planned ones, which memory, downstream budgets and scaling go by.
   * @default the planned slots
   */
  readonly slots?: number;
  /**
   * Level from which on lines are logged.
   * @default 'info'
   */
  readonly logLevel?: LogLevel;
  /**
   * Most tasks that a pod fetches over time.
   * @default `protect.rate`
   */
  readonly rate?: TaskRate;
  /**
   * Stops fetching when too many attempts fail.
   * @default `protect.breaker`
   */
  readonly breaker?: CircuitBreaker;
}
