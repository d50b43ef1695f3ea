import type { Duration } from 'cdk8s';
import type { Connection } from '../network/endpoint';
import { requireOptions } from '../shape/require-shape';
import { parseAddress } from './address';
import type { ClientTls, PasswordCredentials } from './client-access';
import { type BrokerPeer, outsideConnection } from './outside-connection';

/**
 * A Kafka topic, read through a consumer group: at most as many pods as partitions work, and a task is tried once
 * (`retry: { maxAttempts: 1 }`).
 */
export interface KafkaSource {
  readonly kind: 'kafka';
  /** Bootstrap addresses, such as `events.darkroom.svc:9092`. */
  readonly brokers: readonly string[];
  /** Name of the topic. */
  readonly topic: string;
  /** Name of the consumer group. */
  readonly group: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  /**
   * Topic for dead letters.
   * @default none
   */
  readonly deadLetterTopic?: string | undefined;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials | undefined;
  /**
   * TLS towards the brokers.
   * @default none
   */
  readonly tls?: ClientTls | undefined;
  /**
   * Time from asking for tasks to having them.
   * @default that of a zone
   */
  readonly roundTrip?: Duration | undefined;
  /** How the brokers are reached. */
  readonly connection: Connection;
}

/** Options of `Source.kafka`. */
export interface KafkaSourceOptions {
  /** Bootstrap addresses, each `host:port`. One that answers tells of the others. */
  readonly brokers: readonly string[];
  /** Who answers there: pods or addresses. The worker's network policy is opened to them. */
  readonly at: BrokerPeer;
  /** Name of the topic. */
  readonly topic: string;
  /** Name of the consumer group; pods that share it share the tasks. */
  readonly group: string;
  /** Partitions of the topic: at most so many pods work. */
  readonly partitions: number;
  /**
   * Topic that dead letters are sent to.
   * @default none: a dead task is skipped, and its reason stands in the log alone
   */
  readonly deadLetterTopic?: string;
  /**
   * Who the worker is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials;
  /**
   * TLS towards the brokers.
   * @default none
   */
  readonly tls?: ClientTls;
  /**
   * Time from asking the brokers for tasks to having them; the more, the more tasks a pod fetches ahead.
   * @default 1 ms, that of one zone
   */
  readonly roundTrip?: Duration;
}

/** A Kafka topic, to which tasks are published. */
export interface KafkaTarget {
  readonly kind: 'kafka';
  /** Bootstrap addresses, such as `events.darkroom.svc:9092`. */
  readonly brokers: readonly string[];
  /** Name of the topic. */
  readonly topic: string;
  /**
   * Who the publisher is.
   * @default nobody in particular
   */
  readonly credentials?: PasswordCredentials | undefined;
  /**
   * TLS towards the brokers.
   * @default none
   */
  readonly tls?: ClientTls | undefined;
  /** How the brokers are reached. */
  readonly connection: Connection;
}

/** Makes the source of `Source.kafka`. */
export function kafkaSource(given: KafkaSourceOptions): KafkaSource {
  requireOptions('Source.kafka', given);
  const { at, ...options } = given;
  return {
    kind: 'kafka',
    ...options,
    connection: outsideConnection(options.brokers.map(parseAddress), at),
  };
}
