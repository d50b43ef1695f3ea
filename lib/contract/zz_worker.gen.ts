/* Generated from contract/worker.schema.json by `npm run generate`. DO NOT EDIT. */

/**
 * What the TypeScript plan hands to a Go worker: one JSON file, mounted from a ConfigMap in the cluster and written by `capstan run` on a laptop. All durations are seconds, all sizes are bytes.
 */
export interface WorkerContract {
  /**
   * Version of this contract. A runtime refuses a version it does not know.
   */
  contract: 1;
  /**
   * Name of the worker, as in the spec; label `worker` of every metric.
   */
  name: string;
  pool: Pool;
  fetch: Fetch;
  source: Source;
  task: Task;
  shutdown: Shutdown;
  http: Http;
  folders?: Folders;
  /**
   * The handler's own settings, passed through as they are.
   */
  settings?: {
    [k: string]: string;
  };
  log?: Log;
  /**
   * File that the final report is written to (see report.schema.json). Left out: the report is only logged.
   */
  report?: string;
}
/**
 * The bound inside the pod.
 */
export interface Pool {
  /**
   * Tasks that run at the same time.
   */
  slots: number;
}
/**
 * How far the worker fetches ahead of its free slots: margin = factor x rate x round trip, at most maxPrefetch (Little's law).
 */
export interface Fetch {
  factor: number;
  maxPrefetch: number;
}
/**
 * Where tasks come from: exactly one of them.
 */
export interface Source {
  memory?: MemorySource;
  folder?: FolderSource;
}
/**
 * The embedded queue, filled over HTTP (POST /tasks on http.intakePort), by the handler itself, and from seeds.
 */
export interface MemorySource {
  /**
   * Tasks that the queue holds, waiting and in flight; beyond it POST /tasks answers 429.
   */
  capacity: number;
  /**
   * Largest payload of a task, its id included; a larger one is refused with 413. Default 1 MiB.
   */
  payloadBytes?: number;
  /**
   * Payloads enqueued at start, each a JSON document in a string.
   */
  seeds?: string[];
  /**
   * End when nothing waits and nothing is in flight.
   */
  exitWhenIdle?: boolean;
}
/**
 * Every file below a folder is one task. One process at a time; progress survives a kill.
 */
export interface FolderSource {
  /**
   * Folder whose files are the tasks, read recursively, in name order; dot files are skipped.
   */
  input: string;
  /**
   * Folder for in-flight markers and dead letters.
   */
  state: string;
  /**
   * End when every file is done or dead; otherwise keep watching for new ones.
   */
  exitWhenIdle?: boolean;
  /**
   * How often the folder is read again when not ending.
   */
  pollSeconds?: number;
  /**
   * A task in flight in this many killed runs goes to the dead letter.
   */
  maxKills?: number;
}
/**
 * The life of one task.
 */
export interface Task {
  /**
   * Deadline of the handler's context.
   */
  maxSeconds: number;
  /**
   * After this long without ack or heartbeat a queue may hand the task to someone else.
   */
  ackWaitSeconds: number;
  /**
   * Attempts before the dead letter, the first one included.
   */
  maxAttempts: number;
  backoff: Backoff;
}
/**
 * Delay before attempt n+1: uniform in [1-jitter, 1] x min(max, initial x factor^(n-1)).
 */
export interface Backoff {
  initialSeconds: number;
  maxSeconds: number;
  factor: number;
  jitter: number;
}
/**
 * The budget after SIGTERM; its sum is the pod's terminationGracePeriodSeconds.
 */
export interface Shutdown {
  /**
   * Readiness is off and intake still served, until endpoints have followed. 0 for pull workers.
   */
  lameDuckSeconds: number;
  /**
   * Time for running tasks to finish; then they are cancelled and handed back.
   */
  drainSeconds: number;
  /**
   * Time for acks, naks and the report.
   */
  flushSeconds: number;
}
/**
 * Ports of the worker.
 */
export interface Http {
  /**
   * /healthz, /readyz, /metrics. 0 takes any free port and logs it.
   */
  metricsPort: number;
  /**
   * POST /tasks for the memory source. Left out: no intake.
   */
  intakePort?: number;
  /**
   * Address to listen on. Left out: all addresses.
   */
  host?: string;
}
/**
 * Where handlers read and write files.
 */
export interface Folders {
  input?: string;
  output?: string;
}
/**
 * Logging, JSON lines on standard error.
 */
export interface Log {
  level?: 'debug' | 'info' | 'warn' | 'error';
}
