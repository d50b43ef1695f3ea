import type { Duration, Size } from 'cdk8s';
import type { ISecret } from 'cdk8s-plus-27';
import type { PlacementProps } from '../../workload/placement';
import type { ClaimRetention, ServerResources } from '../props';

/** Properties of a `KafkaCluster`. */
export interface KafkaClusterProps extends PlacementProps {
  /** Members, each of them broker and controller: an odd number, 1 for development. */
  readonly replicas: number;
  /** Size of each member's volume. */
  readonly storage: Size;
  /** Where users and passwords are; Capstan never writes one. */
  readonly credentials: KafkaCredentials;
  /**
   * CPU and memory of each member.
   * @default requests of 500m and 2 GiB
   */
  readonly resources?: ServerResources;
  /**
   * StorageClass of the volumes.
   * @default that of the environment, of its cloud, or of the cluster
   */
  readonly storageClass?: string;
  /**
   * What becomes of the volumes.
   * @default they outlive the cluster
   */
  readonly retention?: ClaimRetention;
  /**
   * Image with Kafka 4.0 or newer: java in PATH, and a shell.
   * @default 'apache/kafka:4.1.0'
   */
  readonly image?: string;
  /**
   * Folder of Kafka's jars in the image.
   * @default '/opt/kafka/libs'
   */
  readonly jars?: string;
}

/** A Secret with the users of a Kafka cluster, and the names of its keys. Passwords have no quotes, commas or brackets. */
export interface KafkaCredentials {
  /** The Secret, such as `Secret.fromSecretName(this, 'EventsSecret', 'events')`. */
  readonly secret: ISecret;
  /**
   * Key of the name that clients log in with (SCRAM-SHA-512).
   * @default 'username'
   */
  readonly username?: string;
  /**
   * Key of their password.
   * @default 'password'
   */
  readonly password?: string;
  /**
   * Key of the password of `admin`: the members among themselves.
   * @default 'admin-password'
   */
  readonly adminPassword?: string;
}

/** Properties of a topic. */
export interface KafkaTopicProps {
  /** Partitions: at most so many pods of a worker work at the same time. It can grow, and never shrink. */
  readonly partitions: number;
  /**
   * Copies of each partition, on as many members.
   * @default one on each member, at most 3
   */
  readonly copies?: number;
  /**
   * How long messages stay.
   * @default 7 days; shorter where `maxBytes` is reached before
   */
  readonly retention?: Duration;
  /** Most bytes of each partition; the oldest messages go first. All topics together have to fit onto the volumes. */
  readonly maxBytes: Size;
}
