import type { Size } from 'cdk8s';
import type { ISecret } from 'cdk8s-plus-27';
import type { PlacementProps } from '../../workload/placement';
import type { ClaimRetention, ServerResources } from '../props';
import type { SqlCredentials } from '../sql/sql-server';

/** Properties of a `CockroachCluster`. */
export interface CockroachClusterProps extends PlacementProps {
  /** Members: an odd number, 3 or more for production. */
  readonly replicas: number;
  /** Size of each member's volume. */
  readonly storage: Size;
  /** Where the name and the password of the user that owns the database are; Capstan never writes one. */
  readonly credentials: SqlCredentials;
  /** Where the certificates are that members and administrators show. */
  readonly certificates: CockroachCertificates;
  /**
   * Name of the database that is made.
   * @default the id of the construct, with `_` in place of `-`
   */
  readonly database?: string;
  /**
   * CPU and memory of each member.
   * @default requests of 2 cores and 8 GiB
   */
  readonly resources?: ServerResources;
  /**
   * Connections that workloads may hold at all members together.
   * @default 4 for each core
   */
  readonly maxConnections?: number;
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
   * Image with CockroachDB: cockroach in PATH, and a shell.
   * @default 'cockroachdb/cockroach:v25.2.4'
   */
  readonly image?: string;
}

/** Secrets with certificates, each with the keys `ca.crt`, `tls.crt` and `tls.key`, as cert-manager makes them. */
export interface CockroachCertificates {
  /**
   * Of the members: for the names `node`, `NAME`, `NAME.NAMESPACE.svc` and `*.NAME-headless.NAMESPACE.svc`, and for
   * 127.0.0.1.
   */
  readonly node: ISecret;
  /** Of the administrator: for the name `root`. */
  readonly root: ISecret;
}
