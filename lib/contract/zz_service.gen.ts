/* Generated from contract/service.schema.json by `npm run generate`. DO NOT EDIT. */

/**
 * What the TypeScript plan hands to a Go service: one JSON file, mounted from a ConfigMap in the cluster. All durations are seconds, all sizes are bytes.
 */
export interface ServiceContract {
  /**
   * Version of this contract. A runtime refuses a version it does not know.
   */
  contract: 1;
  /**
   * Name of the service, as in the spec; label `service` of every metric.
   */
  name: string;
  pool: ServicePool;
  queue: WaitingRoom;
  request: RequestBounds;
  /**
   * What is spoken on http.port, side by side: http is what a mux answers, over HTTP/1.1 and HTTP/2; grpc and grpcWeb are those of its Connect handlers.
   *
   * @minItems 1
   */
  protocols: ('http' | 'grpc' | 'grpcWeb')[];
  http: ServiceHttp;
  shutdown: Shutdown;
  folders?: Folders;
  /**
   * The handler's own settings, passed through as they are.
   */
  settings?: {
    [k: string]: string;
  };
  publish?: Publish;
  log?: Log;
  telemetry?: Telemetry;
}
/**
 * The bound inside the pod.
 */
export interface ServicePool {
  /**
   * Requests that are handled at the same time; those on metricsPort do not count.
   */
  slots: number;
}
/**
 * Where requests wait for a slot, in the order of their coming. One that finds it full, or waits too long, is refused with 503 or RESOURCE_EXHAUSTED, and Retry-After.
 */
export interface WaitingRoom {
  /**
   * Requests that may wait. 0: none waits.
   */
  length: number;
  /**
   * Longest wait.
   */
  maxWaitSeconds: number;
}
/**
 * Bounds of one request.
 */
export interface RequestBounds {
  /**
   * Deadline of the handler's context, from the start of the handler; a caller's own may be earlier.
   */
  maxSeconds: number;
  /**
   * Largest body, or gRPC message; a larger one is refused with 413 or RESOURCE_EXHAUSTED.
   */
  maxBodyBytes: number;
}
/**
 * Ports of the service.
 */
export interface ServiceHttp {
  /**
   * Requests of all protocols. 0 takes any free port and logs it.
   */
  port: number;
  /**
   * /startupz, /healthz, /readyz, /metrics. 0 takes any free port and logs it.
   */
  metricsPort: number;
  /**
   * Address to listen on. Left out: all addresses.
   */
  host?: string;
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
 * Where the service enqueues tasks: exactly one of them.
 */
export interface Publish {
  jetstream?: JetStreamTarget;
  redis?: RedisTarget;
  kafka?: KafkaTarget;
}
/**
 * A NATS JetStream stream.
 */
export interface JetStreamTarget {
  /**
   * Where the servers listen: host:port, or URLs nats:// or tls://. One that answers is enough, and tells of the others.
   *
   * @minItems 1
   */
  servers: string[];
  /**
   * Stream that has to take the tasks; a publication that another one takes fails.
   */
  stream: string;
  /**
   * Subject that tasks are published to.
   */
  subject: string;
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
 * A Redis stream.
 */
export interface RedisTarget {
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
   * Key of the stream; the first task makes it.
   */
  stream: string;
  /**
   * How long a second task of the same id is ignored. Left out: 120 (2 minutes).
   */
  duplicateWindowSeconds?: number;
  /**
   * Tasks that the stream takes, those in flight and for later included; beyond it a publication is refused. Left out: as many as the server's memory.
   */
  capacity?: number;
  credentials?: Credentials;
  tls?: Tls;
}
/**
 * A Kafka topic.
 */
export interface KafkaTarget {
  /**
   * host:port of brokers; one that answers is enough.
   *
   * @minItems 1
   */
  brokers: string[];
  /**
   * Topic that tasks are published to, which has to be there. A task's key says its partition; those without are spread evenly.
   */
  topic: string;
  credentials?: Credentials;
  tls?: Tls;
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
