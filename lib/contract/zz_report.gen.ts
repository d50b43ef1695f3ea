/* Generated from contract/report.schema.json by `npm run generate`. DO NOT EDIT. */

/**
 * What a Go worker says when it ends. All durations are seconds, all sizes are bytes.
 */
export interface WorkerReport {
  /**
   * Version of this contract.
   */
  contract: 1;
  name: string;
  /**
   * Why the worker ended.
   */
  reason: 'idle' | 'signal' | 'deadline' | 'secondSignal' | 'failed';
  exitCode: number;
  error?: string;
  /**
   * From the first fetched task to the last finished one.
   */
  wallSeconds: number;
  /**
   * From process start to ready.
   */
  readySeconds: number;
  /**
   * From the signal to the end of the drain.
   */
  drainSeconds?: number;
  tasks: Tasks;
  taskSeconds: Distribution;
  pool: PoolReport;
  process: Process;
  deadLetters: DeadLetter[];
}
export interface Tasks {
  /**
   * Finished by this run.
   */
  done: number;
  /**
   * Found finished by an earlier run and left as they were.
   */
  alreadyDone: number;
  /**
   * Sent to the dead letter by this run.
   */
  dead: number;
  /**
   * Attempts that failed and were tried again.
   */
  retried: number;
  /**
   * Attempts that panicked.
   */
  panicked: number;
  /**
   * Fetched, not finished, given back to the queue.
   */
  handedBack: number;
  /**
   * Put off by their handlers without a counted attempt.
   */
  snoozed: number;
  /**
   * Taken into the embedded queue and not done: they ended with the process.
   */
  lost: number;
}
/**
 * Handler time of finished tasks (done only).
 */
export interface Distribution {
  mean: number;
  p50: number;
  p99: number;
  max: number;
}
export interface PoolReport {
  slots: number;
  peakBusy: number;
  /**
   * Integral of busy slots over time.
   */
  busySeconds: number;
  /**
   * busySeconds / (slots x wallSeconds).
   */
  utilization: number;
}
export interface Process {
  /**
   * User and system time of the process.
   */
  cpuSeconds: number;
  /**
   * Peak resident set.
   */
  maxRssBytes: number;
  gomaxprocs: number;
  /**
   * 0 when none is set.
   */
  goMemLimitBytes: number;
  goVersion: string;
}
export interface DeadLetter {
  id: string;
  reason: string;
  attempts: number;
}
