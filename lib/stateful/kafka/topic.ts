import type { Duration, Size } from 'cdk8s';
import type { Connection } from '../../network/endpoint';
import type { KafkaSource } from '../../source';
import type { PasswordCredentials } from '../../source/client-access';
import type { KafkaTarget } from '../../source/kafka';

/** How the clients of a topic reach its cluster. */
export interface KafkaReach {
  /** Addresses of the members. */
  readonly brokers: readonly string[];
  /** Who the clients are. */
  readonly credentials: PasswordCredentials;
  /** The way through the network policies. */
  readonly connection: Connection;
}

/** A topic of a `KafkaCluster`. */
export class KafkaTopic {
  /** @internal made by `KafkaCluster.topic` */
  constructor(
    /** Name of the topic. */
    readonly name: string,
    /** Partitions: at most so many pods of a worker work at the same time. */
    readonly partitions: number,
    /** Topic that keeps its dead letters. */
    readonly deadLetters: string,
    private readonly reach: KafkaReach,
  ) {}

  /**
   * The topic as the source of a worker, which tries a task once: `retry: { maxAttempts: 1 }`.
   *
   * @param group name of the consumer group; workers that share it share the tasks
   */
  group(group: string): KafkaSource {
    const { name, partitions, deadLetters, reach } = this;
    return { kind: 'kafka', ...reach, topic: name, group, partitions, deadLetterTopic: deadLetters };
  }

  /** Where a service publishes tasks of this topic. */
  publisher(): KafkaTarget {
    return { kind: 'kafka', ...this.reach, topic: this.name };
  }
}

/** A topic as it is declared, defaults filled in. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly copies: number;
  readonly retention: Duration;
  /** Of each partition. */
  readonly maxBytes: Size;
}
