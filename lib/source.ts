import type { Size } from 'cdk8s';
import type { Volume } from 'cdk8s-plus-27';
import { requireOptions } from './shape/require-shape';
import {
  type JetStreamSource,
  type JetStreamSourceOptions,
  type JetStreamTarget,
  jetStreamSource,
} from './source/jetstream';
import { type KafkaSource, type KafkaSourceOptions, type KafkaTarget, kafkaSource } from './source/kafka';
import {
  type RedisStreamSource,
  type RedisStreamSourceOptions,
  type RedisStreamTarget,
  redisStreamSource,
} from './source/redis-stream';

export type { JetStreamSource, KafkaSource, RedisStreamSource };

/** The embedded queue of each pod, filled over HTTP: `POST /tasks` on port `intake`. */
export interface MemorySource {
  readonly kind: 'memory';
  /** Tasks that one pod's queue holds, waiting and in flight; beyond it `POST /tasks` answers 429. */
  readonly capacity: number | undefined;
  /** Largest payload of a task, its id included; `POST /tasks` answers 413 to a larger one. */
  readonly payload: Size | undefined;
  /** Payloads enqueued when a pod starts, each a JSON value. */
  readonly seeds: readonly unknown[];
}

/** A folder on a volume, each of whose files is one task. One process at a time works on it. */
export interface FolderSource {
  readonly kind: 'folder';
  /** The volume that the folder lies on, mounted at {@link path}. */
  readonly volume: Volume;
  /** Where the volume is mounted. */
  readonly path: string;
  /** Folder below {@link path} whose files are the tasks. */
  readonly input: string;
  /** Folder below {@link path} for what handlers write. */
  readonly output: string;
  /** Folder below {@link path} for in-flight markers and dead letters. */
  readonly state: string;
}

/** Where a worker's tasks come from. */
export type TaskSource = MemorySource | FolderSource | BrokerSource;

/** A source outside of the pods: what waits there outlives them, and any number of pods share it. */
export type BrokerSource = JetStreamSource | RedisStreamSource | KafkaSource;

/** Where a service publishes tasks to. */
export type TaskTarget = JetStreamTarget | RedisStreamTarget | KafkaTarget;

/** Whether tasks wait at a broker, outside of the pods. */
export function isBroker(source: TaskSource): source is BrokerSource {
  return 'connection' in source;
}

/** Options of {@link Source.memory}. */
export interface MemorySourceOptions {
  /**
   * Tasks that one pod's queue holds, waiting and in flight.
   * @default enough for the autoscaler to see the backlog at which it adds pods
   */
  readonly capacity?: number;
  /**
   * Largest payload of a task, its id included, at most 1 MiB. A pod's memory is planned for a queue full of such
   * tasks, and larger ones are refused: with 413 over HTTP, with `queue.ErrTooLarge` in a handler.
   * @default 1 KiB
   */
  readonly payload?: Size;
  /**
   * Payloads enqueued when a pod starts, each a JSON value.
   * @default none
   */
  readonly seeds?: readonly unknown[];
}

/** Options of {@link Source.folder}. */
export interface FolderSourceOptions {
  /** The volume that the folder lies on, such as `Volume.fromPersistentVolumeClaim(…)`. */
  readonly volume: Volume;
  /**
   * Where the volume is mounted.
   * @default '/data'
   */
  readonly path?: string;
  /**
   * Folder on the volume whose files are the tasks, read recursively.
   * @default 'in'
   */
  readonly input?: string;
  /**
   * Folder on the volume for what handlers write.
   * @default 'out'
   */
  readonly output?: string;
  /**
   * Folder on the volume for in-flight markers and dead letters.
   * @default 'state'
   */
  readonly state?: string;
}

/** Makes task sources. */
export const Source = {
  /**
   * The embedded queue: tasks are pushed to a pod over HTTP and live in its memory until they are done. A pod that is
   * told to end works off what it holds, and its grace period is planned for a full queue; one that is killed loses
   * it, so pushers keep a task until its work shows. Nothing else has to run.
   */
  memory(options: MemorySourceOptions = {}): MemorySource {
    requireOptions('Source.memory', options);
    return {
      kind: 'memory',
      capacity: options.capacity,
      payload: options.payload,
      seeds: options.seeds ?? [],
    };
  },

  /**
   * The files of a folder. Progress survives a kill. Since one process at a time may work on the folder, the worker
   * has `scale: { min: 1, max: 1 }`, no autoscaler, and a rollout that ends the old pod before the new one starts.
   */
  folder(options: FolderSourceOptions): FolderSource {
    requireOptions('Source.folder', options);
    return {
      kind: 'folder',
      volume: options.volume,
      path: options.path ?? '/data',
      input: options.input ?? 'in',
      output: options.output ?? 'out',
      state: options.state ?? 'state',
    };
  },

  /**
   * A stream of a NATS JetStream that the program does not deploy; one that it does gives its own sources, see
   * `NatsCluster`. The stream has to be there; the worker makes the consumer.
   */
  jetStream(options: JetStreamSourceOptions): JetStreamSource {
    return jetStreamSource(options);
  },

  /** A stream of a Redis that the program does not deploy; one that it does gives its own sources. */
  redisStream(options: RedisStreamSourceOptions): RedisStreamSource {
    return redisStreamSource(options);
  },

  /**
   * A topic of a Kafka that the program does not deploy; one that it does gives its own sources. At most as many pods
   * work as it has partitions, so `scale.max` may not exceed them. A task is tried once, which the worker has to say:
   * `retry: { maxAttempts: 1 }`.
   */
  kafka(options: KafkaSourceOptions): KafkaSource {
    return kafkaSource(options);
  },
} as const;
