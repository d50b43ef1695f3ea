import type { RedisStreamSource } from '../../source';

/** A stream of a `RedisServer`. */
export class RedisStream {
  /** @param source makes the source of a consumer group */
  constructor(
    /** Key of the stream. */
    readonly key: string,
    private readonly source: (group: string) => RedisStreamSource,
  ) {}

  /**
   * The stream as the source of a worker.
   *
   * @param group name of the consumer group; workers that share it share the tasks
   */
  group(group: string): RedisStreamSource {
    return this.source(group);
  }
}
