import type { Duration } from 'cdk8s';
import type { Connection } from '../../network/endpoint';
import { requireOptions } from '../../shape/require-shape';
import type { RedisStreamSource } from '../../source';
import type { PasswordCredentials } from '../../source/client-access';
import type { RedisSentinel, RedisStreamTarget } from '../../source/redis-stream';

/** How the clients of a stream reach its server. */
export interface RedisReach {
  /** Address of the server, such as `cache.darkroom.svc:6379`. */
  readonly address: string;
  /** Sentinels that know the master; `undefined`: {@link address} is the master. */
  readonly sentinel: RedisSentinel | undefined;
  /** Who the clients are. */
  readonly credentials: PasswordCredentials;
  /** The way through the network policies. */
  readonly connection: Connection;
}

/** Options of {@link RedisStream.publisher}. */
export interface RedisPublisherProps {
  /**
   * How long a second task of the same id is ignored, at least 1 ms. Each id takes some 100 bytes of the server's
   * memory for as long.
   * @default 2 minutes
   */
  readonly duplicateWindow?: Duration;
  /**
   * Tasks that the stream takes, those in flight and for later included; beyond it publications are refused.
   * @default as many as the server's memory
   */
  readonly capacity?: number;
}

/** A stream of a `RedisServer`; see `RedisServer.stream`. */
export class RedisStream {
  /** @internal made by `RedisServer.stream` */
  constructor(
    /** Key of the stream. */
    readonly key: string,
    private readonly reach: RedisReach,
    private readonly asked: (group: string) => void,
  ) {}

  /**
   * The stream as the source of a worker. Tasks that are done are removed, so a stream has one group: a second one is
   * a problem. Dead letters go to the stream `KEY:dead`.
   *
   * @param group name of the consumer group; workers that share it share the tasks
   */
  group(group: string): RedisStreamSource {
    this.asked(group);
    return { kind: 'redis', ...this.reach, stream: this.key, group, deadLetterStream: `${this.key}:dead` };
  }

  /** Where a service publishes tasks of this stream. */
  publisher(props: RedisPublisherProps = {}): RedisStreamTarget {
    requireOptions('RedisStream.publisher', props);
    const { duplicateWindow, capacity } = props;
    return { kind: 'redis', ...this.reach, stream: this.key, duplicateWindow, capacity };
  }
}
