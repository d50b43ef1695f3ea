import type { Duration } from 'cdk8s';
import type { Connection } from '../network/endpoint';
import { requireOptions } from '../shape/require-shape';
import { parseAddress } from './address';
import type { ClientTls, PasswordCredentials } from './client-access';
import { type BrokerPeer, outsideConnection } from './outside-connection';

/** Sentinels, and what they call the master that they watch. */
export interface RedisSentinel {
  /** Addresses of the Sentinels, each `host:port`. */
  readonly addresses: readonly string[];
  /** Name of the master. */
  readonly master: string;
}

/** A Redis stream, read through a consumer group. */
export interface RedisStreamSource {
  readonly kind: 'redis';
  /** Address of the server, such as `cache.darkroom.svc:6379`. */
  readonly address: string;
  /** Sentinels that know the master, and its name; `undefined`: {@link address} is the master. */
  readonly sentinel: RedisSentinel | undefined;
  /** Key of the stream. */
  readonly stream: string;
  /** Name of the consumer group. */
  readonly group: string;
  /**
   * Number of the database.
   * @default 0
   */
  readonly database?: number | undefined;
  /**
   * Key of the stream for dead letters.
   * @default none
   */
  readonly deadLetterStream?: string | undefined;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials | undefined;
  /**
   * TLS towards the server.
   * @default none
   */
  readonly tls?: ClientTls | undefined;
  /**
   * Time from asking for tasks to having them.
   * @default that of a zone
   */
  readonly roundTrip?: Duration | undefined;
  /** How the server is reached. */
  readonly connection: Connection;
}

/** A Redis stream, to which tasks are published. */
export interface RedisStreamTarget {
  readonly kind: 'redis';
  /** Address of the server, such as `cache.darkroom.svc:6379`. */
  readonly address: string;
  /** Sentinels that know the master, and its name; `undefined`: {@link address} is the master. */
  readonly sentinel: RedisSentinel | undefined;
  /** Key of the stream. */
  readonly stream: string;
  /**
   * How long a second task of the same id is ignored.
   * @default 2 minutes
   */
  readonly duplicateWindow?: Duration | undefined;
  /**
   * Tasks that the stream takes, those in flight included; beyond it publications are refused.
   * @default as many as the server's memory
   */
  readonly capacity?: number | undefined;
  /**
   * Who the publisher is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials | undefined;
  /**
   * TLS towards the server.
   * @default none
   */
  readonly tls?: ClientTls | undefined;
  /** How the server is reached. */
  readonly connection: Connection;
}

/** Options of `Source.redisStream`. */
export interface RedisStreamSourceOptions {
  /** Address of the server, `host:port`. */
  readonly address: string;
  /**
   * Sentinels that know the master.
   * @default none: {@link address} is the master
   */
  readonly sentinel?: RedisSentinel;
  /** Who answers there: pods or addresses. The worker's network policy is opened to them. */
  readonly at: BrokerPeer;
  /** Key of the stream. */
  readonly stream: string;
  /** Name of the consumer group; pods that share it share the tasks. */
  readonly group: string;
  /**
   * Number of the database.
   * @default 0
   */
  readonly database?: number;
  /**
   * Key of the stream that dead letters are added to.
   * @default none: a dead task is removed, and its reason stands in the log alone
   */
  readonly deadLetterStream?: string;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials;
  /**
   * TLS towards the server.
   * @default none
   */
  readonly tls?: ClientTls;
  /**
   * Time from asking the server for tasks to having them; the more, the more tasks a pod fetches ahead.
   * @default 1 ms, that of one zone
   */
  readonly roundTrip?: Duration;
}

/** Makes the source of `Source.redisStream`. */
export function redisStreamSource(given: RedisStreamSourceOptions): RedisStreamSource {
  requireOptions('Source.redisStream', given);
  const { at, sentinel, ...options } = given;
  const addresses = [options.address, ...(sentinel?.addresses ?? [])];
  return {
    kind: 'redis',
    ...options,
    sentinel,
    connection: outsideConnection(addresses.map(parseAddress), at),
  };
}
