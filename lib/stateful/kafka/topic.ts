import type { Duration, Size } from 'cdk8s';
import type { KafkaSource } from '../../source';

/** A topic of a `KafkaCluster`. */
export class KafkaTopic {
  /** @param source makes the source of a consumer group */
  constructor(
    /** Name of the topic. */
    readonly name: string,
    /** Partitions: at most so many pods of a worker work at the same time. */
    readonly partitions: number,
    private readonly source: (group: string) => KafkaSource,
  ) {}

  /**
   * The topic as the source of a worker.
   *
   * @param group name of the consumer group; workers that share it share the tasks
   */
  group(group: string): KafkaSource {
    return this.source(group);
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
