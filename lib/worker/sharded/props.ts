import type { Duration } from 'cdk8s';
import type { BrokerSource, MemorySource } from '../../source';
import type { ClaimRetention, StatefulClaim } from '../../stateful/props';
import type { TaskPodProps } from '../task-pod-props';

/** A source that shards can have: each its own queue in memory, or its own part of what a broker has. */
export type ShardSource = MemorySource | BrokerSource;

/** Properties of a `ShardedWorker`. */
export interface ShardedWorkerProps extends TaskPodProps {
  /**
   * Pods, each of which is responsible for its own part of the keys. It is fixed: with another number keys belong to
   * other pods.
   */
  readonly shards: number;
  /**
   * Where the tasks of a shard come from, counted from 0: a subject, a stream or a topic of its own. Or one memory
   * source for all: then a pusher sends each task to the pod of its key, `http://NAME-0.NAME:8080/tasks`.
   */
  readonly source: ShardSource | ((shard: number) => ShardSource);
  /**
   * Volumes that each shard keeps for itself, by name. Name, class and access mode of a claim can never be changed.
   * @default none
   */
  readonly claims?: Readonly<Record<string, StatefulClaim>>;
  /**
   * What becomes of the volumes.
   * @default they outlive the pods, the worker, and a smaller number of shards
   */
  readonly retention?: ClaimRetention;
  /**
   * `parallel`: shards start together. `ordered`: each waits until the one before it is ready. Can never be changed.
   * @default 'parallel'
   */
  readonly podManagement?: 'parallel' | 'ordered';
  /**
   * How long a fresh pod has to stay ready before the next one is replaced; whole seconds.
   * @default 5 s
   */
  readonly minReady?: Duration;
}
