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
  protect?: Protect;
  /**
   * File with the settings that may change while the worker runs (see live.schema.json); it is read again every few seconds. Left out: none change.
   */
  live?: string;
  /**
   * The handler's own settings, passed through as they are.
   */
  settings?: {
    [k: string]: string;
  };
  log?: Log;
  telemetry?: Telemetry;
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
  /**
   * Of rate x round trip: 1 just covers it on average.
   */
  factor: number;
  /**
   * Most tasks that are fetched and have not started; the pool may hold so many beyond its slots. 0: only what can start at once is fetched.
   */
  maxPrefetch: number;
}
/**
 * Where tasks come from: exactly one of them.
 */
export interface Source {
  memory?: MemorySource;
  folder?: FolderSource;
  jetstream?: JetStreamSource;
  redis?: RedisSource;
  kafka?: KafkaSource;
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
   * Payloads enqueued at start, each a JSON document in a string. With a shard only those of that shard: seed i belongs to shard i mod count.
   */
  seeds?: string[];
  /**
   * End when nothing waits and nothing is in flight.
   */
  exitWhenIdle?: boolean;
  shard?: Shard;
}
/**
 * The part of a finite source that this process takes, so that several share it: see docs/architecture.md. A folder's file belongs to shard FNV-1a(path) mod count.
 */
export interface Shard {
  /**
   * Number of shards.
   */
  count: number;
  /**
   * This process' shard, from 0. Left out: the variable JOB_COMPLETION_INDEX, which an Indexed Job sets.
   */
  index?: number;
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
   * How often the folder is read again when not ending. Left out: 5.
   */
  pollSeconds?: number;
  /**
   * A task in flight in this many killed runs goes to the dead letter. Left out: 2.
   */
  maxKills?: number;
  shard?: Shard;
}
/**
 * A durable pull consumer of a NATS JetStream stream. The worker creates and updates the consumer; the stream has to be there.
 */
export interface JetStreamSource {
  /**
   * Where the servers listen: host:port, or URLs nats:// or tls://. One that answers is enough, and tells of the others.
   *
   * @minItems 1
   */
  servers: string[];
  /**
   * Stream that the tasks lie in.
   */
  stream: string;
  /**
   * Durable consumer: all processes that name it share its tasks.
   */
  consumer: string;
  /**
   * Subjects of the stream that the consumer takes. Left out: all.
   *
   * @minItems 1
   */
  subjects?: string[];
  /**
   * Deliveries that may be unsettled over all processes of the consumer. Too few starve the fleet: slots and prefetch of all pods is the least.
   */
  maxAckPending: number;
  /**
   * Subject that dead letters are published to, with the reason in the header Capstan-Reason; a stream has to take it. Left out: a dead task is removed, and its reason stands in the log alone.
   */
  deadLetterSubject?: string;
  /**
   * End when nothing waits and nothing is in flight.
   */
  exitWhenIdle?: boolean;
  credentials?: Credentials;
  tls?: Tls;
}
/**
 * Who the client is: a file, or the names of variables, so that no secret lies in a configuration.
 */
export interface Credentials {
  /**
   * Path of a NATS credentials file (.creds), mounted from a Secret.
   */
  file?: string;
  /**
   * Variable with the user.
   */
  userVariable?: string;
  /**
   * Variable with the password.
   */
  passwordVariable?: string;
}
/**
 * TLS towards a server; present: on.
 */
export interface Tls {
  /**
   * Certificates that are trusted, as PEM. Left out: those of the system.
   */
  caFile?: string;
  /**
   * This client's own certificate, as PEM.
   */
  certFile?: string;
  /**
   * Key of certFile, as PEM.
   */
  keyFile?: string;
}
/**
 * A consumer group of a Redis stream.
 */
export interface RedisSource {
  /**
   * host:port of the server, or of the Sentinels when `master` is set.
   *
   * @minItems 1
   */
  addresses: string[];
  /**
   * Name of the master that the Sentinels watch. Left out: addresses is the server.
   */
  master?: string;
  /**
   * Number of the database. Left out: 0.
   */
  database?: number;
  /**
   * Key of the stream.
   */
  stream: string;
  /**
   * Consumer group: all processes that name it share its tasks.
   */
  group: string;
  /**
   * Key of the stream for dead letters.
   */
  deadLetterStream?: string;
  /**
   * End when nothing waits and nothing is in flight.
   */
  exitWhenIdle?: boolean;
  credentials?: Credentials;
  tls?: Tls;
}
/**
 * A consumer group of a Kafka topic.
 */
export interface KafkaSource {
  /**
   * host:port of brokers; one that answers is enough.
   *
   * @minItems 1
   */
  brokers: string[];
  /**
   * Topic that the tasks lie in.
   */
  topic: string;
  /**
   * Consumer group: all processes that name it share its tasks.
   */
  group: string;
  /**
   * Topic for dead letters.
   */
  deadLetterTopic?: string;
  /**
   * End when nothing waits and nothing is in flight.
   */
  exitWhenIdle?: boolean;
  credentials?: Credentials;
  tls?: Tls;
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
  /**
   * Delay after the first attempt, before the jitter is taken off. 0: none.
   */
  initialSeconds: number;
  /**
   * The longest delay.
   */
  maxSeconds: number;
  /**
   * By how much each delay is longer than the one before it.
   */
  factor: number;
  /**
   * Share of a delay that chance may take off. 0: none.
   */
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
  /**
   * Path of the folder that handlers read, as setup.Input has it.
   */
  input?: string;
  /**
   * Path of the folder that handlers write, as setup.Output has it.
   */
  output?: string;
}
/**
 * What keeps the worker from overloading what its handlers call. Each part is on when it is there, and counts in this process alone.
 */
export interface Protect {
  rate?: Rate;
  breaker?: Breaker;
  retryBudget?: RetryBudget;
  adaptive?: Adaptive;
}
/**
 * Most tasks that are fetched over time: a bucket of `burst` tokens that fills at perSecond.
 */
export interface Rate {
  /**
   * Tasks per second of this process.
   */
  perSecond: number;
  /**
   * Tasks that may be fetched at once after a pause.
   */
  burst: number;
}
/**
 * Stops fetching for a while when too many attempts fail. Errors that are marked permanent, and tasks that are handed back or snoozed, do not count.
 */
export interface Breaker {
  /**
   * Share of attempts within the window that have to fail for it to open.
   */
  failureShare: number;
  /**
   * Attempts that the window has to hold before it may open.
   */
  leastAttempts: number;
  /**
   * How far back attempts count.
   */
  windowSeconds: number;
  /**
   * How long nothing is fetched before probes are let through.
   */
  openSeconds: number;
  /**
   * Tasks that are tried before it closes; it opens again when failureShare of them fail.
   */
  probes: number;
}
/**
 * Share of attempts that may be retries. A failure beyond it goes back with the maximum backoff.
 */
export interface RetryBudget {
  /**
   * Retries by attempts within the window.
   */
  share: number;
  /**
   * Retries that are always free within a window.
   */
  least: number;
  /**
   * How far back attempts and retries count.
   */
  windowSeconds: number;
}
/**
 * Lowers the number of slots while tasks take longer than they used to, and raises it again, at most to pool.slots.
 */
export interface Adaptive {
  /**
   * Slots that are always left.
   */
  leastSlots: number;
}
/**
 * Logging, JSON lines on standard error.
 */
export interface Log {
  /**
   * The lowest level that is logged. Left out: info.
   */
  level?: 'debug' | 'info' | 'warn' | 'error';
}
/**
 * Traces of the program's work. Left out: none are made.
 */
export interface Telemetry {
  otlp: Otlp;
  /**
   * Share of new traces that are kept, by their ids; one that began elsewhere is kept when it was kept there.
   */
  sampleRatio: number;
  /**
   * How the context of a trace is carried in headers: written in all of these forms, and read in the first that is there. b3 is one header, b3multi several. Left out: tracecontext and baggage.
   *
   * @minItems 1
   */
  propagators?: ('tracecontext' | 'baggage' | 'b3' | 'b3multi')[];
  /**
   * Attributes of everything that this program tells of, such as k8s.namespace.name; OTEL_RESOURCE_ATTRIBUTES adds more.
   */
  resource?: {
    [k: string]: string;
  };
}
/**
 * Where traces go: a collector that takes OTLP over HTTP, as protobuf.
 */
export interface Otlp {
  /**
   * URL of the collector without /v1/traces, such as http://collector.observability.svc:4318; https:// is TLS.
   */
  endpoint: string;
  tls?: Tls;
}
