/* Generated from contract/streams.schema.json by `npm run generate`. DO NOT EDIT. */

/**
 * The streams that a broker has to have, for the Job that creates and updates them. All durations are seconds, all sizes are bytes.
 */
export interface StreamsContract {
  /**
   * Version of this contract. A runtime refuses a version it does not know.
   */
  contract: 1;
  /**
   * Name of the broker, as in the spec.
   */
  name: string;
  /**
   * Where the servers listen: host:port, or URLs nats:// or tls://. One that answers is enough, and tells of the others.
   *
   * @minItems 1
   */
  servers: string[];
  credentials?: Credentials;
  tls?: Tls;
  /**
   * How long to wait for the servers, and for enough of them to place a stream. Left out: 120.
   */
  waitSeconds?: number;
  /**
   * The streams. Others on the broker are left alone.
   */
  streams: Stream[];
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
 * One stream. A change of storage or retention, and bounds below what the stream holds, are refused.
 */
export interface Stream {
  /**
   * Name of the stream.
   */
  name: string;
  /**
   * What it is for.
   */
  description?: string;
  /**
   * Subjects that it takes; `*` and `>` as in NATS.
   *
   * @minItems 1
   */
  subjects: string[];
  /**
   * Where messages lie.
   */
  storage: 'file' | 'memory';
  /**
   * Servers that keep a copy.
   */
  replicas: number;
  /**
   * limits: messages stay until a bound removes them. workqueue: until one consumer acknowledged them. interest: until all consumers did.
   */
  retention: 'limits' | 'workqueue' | 'interest';
  /**
   * What gives way at a bound: the oldest message, or the new one, whose publisher gets an error.
   */
  discard: 'old' | 'new';
  /**
   * Most bytes. Left out: no bound.
   */
  maxBytes?: number;
  /**
   * Longest life of a message. Left out: no bound.
   */
  maxAgeSeconds?: number;
  /**
   * Most messages. Left out: no bound.
   */
  maxMessages?: number;
  /**
   * Largest message. Left out: the server's bound.
   */
  maxMessageBytes?: number;
  /**
   * How long a message's id is remembered, so that a second one counts once. Left out: 120, or maxAgeSeconds where that is less.
   */
  duplicateWindowSeconds?: number;
}
