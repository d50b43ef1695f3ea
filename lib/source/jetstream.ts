import type { Duration } from 'cdk8s';
import type { Connection } from '../network/endpoint';
import { requireOptions } from '../shape/require-shape';
import { parseNatsServer } from './address';
import type { ClientCredentials, ClientTls } from './client-access';
import { type BrokerPeer, outsideConnection } from './outside-connection';

/** A stream of NATS JetStream, from which a durable consumer pulls. The worker makes and updates the consumer. */
export interface JetStreamSource {
  readonly kind: 'jetstream';
  /** Addresses of the servers, such as `nats://broker.darkroom.svc:4222`. */
  readonly servers: readonly string[];
  /** Name of the stream. */
  readonly stream: string;
  /** Name of the durable consumer; pods that share it share the tasks. */
  readonly consumer: string;
  /** Subjects that the consumer takes; none: all of the stream. */
  readonly subjects: readonly string[];
  /**
   * Subject for dead letters.
   * @default a dead task is removed, and its reason stands in the log alone
   */
  readonly deadLetterSubject?: string | undefined;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: ClientCredentials | undefined;
  /**
   * TLS towards the servers.
   * @default as the servers' URLs say
   */
  readonly tls?: ClientTls | undefined;
  /**
   * Time from asking for tasks to having them.
   * @default that of a zone
   */
  readonly roundTrip?: Duration | undefined;
  /** How the servers are reached. */
  readonly connection: Connection;
}

/** Options of `Source.jetStream`. */
export interface JetStreamSourceOptions {
  /** Addresses of the servers: `host:port`, or URLs `nats://` or `tls://`. One that answers tells of the others. */
  readonly servers: readonly string[];
  /** Who answers there: pods or addresses. The worker's network policy is opened to them. */
  readonly at: BrokerPeer;
  /** Name of the stream, which has to be there. */
  readonly stream: string;
  /** Name of the durable consumer; pods that share it share the tasks. */
  readonly consumer: string;
  /**
   * Subjects of the stream that the consumer takes.
   * @default all
   */
  readonly subjects?: readonly string[];
  /**
   * Subject that dead letters are published to, which a stream has to take.
   * @default none: a dead task is removed, and its reason stands in the log alone
   */
  readonly deadLetterSubject?: string;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: ClientCredentials;
  /**
   * TLS towards the servers.
   * @default as the URLs say: with `tls://` on, and the system's certificates are trusted
   */
  readonly tls?: ClientTls;
  /**
   * Time from asking the servers for tasks to having them; the more, the more tasks a pod fetches ahead.
   * @default 1 ms, that of one zone
   */
  readonly roundTrip?: Duration;
}

/** Makes the source of `Source.jetStream`. */
export function jetStreamSource(given: JetStreamSourceOptions): JetStreamSource {
  requireOptions('Source.jetStream', given);
  const { at, subjects, ...options } = given;
  return {
    kind: 'jetstream',
    ...options,
    subjects: subjects ?? [],
    connection: outsideConnection(options.servers.map(parseNatsServer), at),
  };
}

/** A stream of NATS JetStream, to which tasks are published. */
export interface JetStreamTarget {
  readonly kind: 'jetstream';
  /** Addresses of the servers, such as `nats://broker.darkroom.svc:4222`. */
  readonly servers: readonly string[];
  /** Name of the stream. */
  readonly stream: string;
  /** Subject that tasks are published to, which the stream takes. */
  readonly subject: string;
  /**
   * Who the publisher is.
   * @default nobody in particular
   */
  readonly credentials?: ClientCredentials | undefined;
  /**
   * TLS towards the servers.
   * @default as the servers' URLs say
   */
  readonly tls?: ClientTls | undefined;
  /** How the servers are reached. */
  readonly connection: Connection;
}
