import type { Size } from 'cdk8s';
import type { ISecret } from 'cdk8s-plus-27';
import type { PlacementProps } from '../../workload/placement';
import type { ClaimRetention, ServerResources } from '../props';
import type { RedisEviction } from './configuration';

/** Properties of a `RedisServer`. */
export interface RedisServerProps extends PlacementProps {
  /**
   * Members: one master, the others copy it. With several, which need an odd number and storage, a Sentinel beside
   * each makes another member the master when more than half of them miss it.
   * @default 1
   */
  readonly replicas?: number;
  /** Where the password is; Capstan never writes one. */
  readonly credentials: RedisCredentials;
  /**
   * Size of each member's volume.
   * @default nothing is written: what Redis holds is gone when its pod is, as fits a cache
   */
  readonly storage?: Size;
  /**
   * When a write is on disk: `everysec` may lose the last second of a crash, `always` none and is slower.
   * @default 'everysec' with storage; without, there is nothing to choose
   */
  readonly durability?: 'always' | 'everysec';
  /**
   * What happens when the memory is full.
   * @default 'allkeys-lru' without storage; 'noeviction' with it
   */
  readonly eviction?: RedisEviction;
  /**
   * CPU and memory of each member.
   * @default requests of 250m and 256 MiB
   */
  readonly resources?: ServerResources;
  /**
   * StorageClass of the volumes.
   * @default that of the environment, of its cloud, or of the cluster
   */
  readonly storageClass?: string;
  /**
   * What becomes of the volumes.
   * @default they outlive the server
   */
  readonly retention?: ClaimRetention;
  /**
   * Image with Redis 7.0 or newer: redis-server and redis-cli in PATH, and a shell.
   * @default 'redis:8.2'
   */
  readonly image?: string;
}

/** A Secret with the password of a Redis server. */
export interface RedisCredentials {
  /** The Secret, such as `Secret.fromSecretName(this, 'CacheSecret', 'cache')`. */
  readonly secret: ISecret;
  /**
   * Key of the password, without line breaks.
   * @default 'password'
   */
  readonly password?: string;
}
