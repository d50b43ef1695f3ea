import type { Size } from 'cdk8s';
import type { PlacementProps } from '../../workload/placement';
import type { ClaimRetention, ServerResources } from '../props';
import type { SqlCredentials } from '../sql/sql-server';

/** Properties of a `PostgresServer`. */
export interface PostgresServerProps extends PlacementProps {
  /** Size of the volume that the database lies on. */
  readonly storage: Size;
  /** Where user names and passwords are; Capstan never writes one. */
  readonly credentials: PostgresCredentials;
  /**
   * Name of the database that is made at the first start.
   * @default the id of the construct, with `_` in place of `-`
   */
  readonly database?: string;
  /**
   * CPU and memory.
   * @default requests of 500m and 1 GiB
   */
  readonly resources?: ServerResources;
  /**
   * Connections that the server takes, those that stay for administrators included.
   * @default as many as two fifths of the memory hold, see the plan
   */
  readonly maxConnections?: number;
  /**
   * StorageClass of the volume.
   * @default that of the environment, of its cloud, or of the cluster
   */
  readonly storageClass?: string;
  /**
   * What becomes of the volume.
   * @default it outlives the server
   */
  readonly retention?: ClaimRetention;
  /**
   * Image with PostgreSQL 15 or newer: its programs in PATH, and a shell.
   * @default 'postgres:17.6'
   */
  readonly image?: string;
}

/** A Secret with the credentials of a PostgreSQL, and the names of its keys. */
export interface PostgresCredentials extends SqlCredentials {
  /**
   * Key of the password of `postgres`, the administrator.
   * @default 'admin-password'
   */
  readonly adminPassword?: string;
}
