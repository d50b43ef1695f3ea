/** One run of a worker at some concurrency, as its report and its control group tell of it. */
export interface MeasuredRun {
  /** Tasks that ran at the same time at most: the slots of the pool. 0: the process without any task. */
  readonly concurrency: number;
  /** Tasks that were done. */
  readonly tasks: number;
  /** Seconds from the first task to the end of the last one. */
  readonly wallSeconds: number;
  /** CPU seconds of the whole process, its start included. */
  readonly cpuSeconds: number;
  /** Mean time of a task in its handler, in seconds; 0 without tasks. */
  readonly taskSeconds: number;
  /** Longest time of a task in its handler, in seconds. */
  readonly longestTaskSeconds: number;
  /** Busy slots ÷ slots. */
  readonly utilization: number;
  /** Peak of the resident memory, in bytes. */
  readonly memoryBytes: number;
  /** Seconds from the start of the process until it took tasks. */
  readonly startSeconds: number;
  /**
   * Seconds from SIGTERM to the end of the drain.
   * @default all its tasks were done before, and it ended by itself
   */
  readonly drainSeconds?: number;
  /**
   * The part of it until the worker noticed the signal: tasks that compute are not stopped for it, nor is the end of a quota's
   * period brought forward.
   * @default it was not told to end
   */
  readonly noticeSeconds?: number;
  /**
   * Share of the scheduler's periods in which it had used up its CPU quota: nr_throttled ÷ nr_periods.
   * @default nobody counted
   */
  readonly throttledShare?: number;
}
