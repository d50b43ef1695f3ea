import type { ClusterSpec } from '../spec';

/** The plain spec that a stateful service is planned from. Numbers carry their unit in the name. */
export interface StatefulSpec {
  /** Name of the service. */
  readonly name: string;
  /** Members, each a pod with volumes of its own. */
  readonly replicas: number;
  /** Whether more than half of the members have to agree before anything is done. */
  readonly quorum: boolean;
  /** CPU and memory of the server's container. */
  readonly resources: StatefulResourcesSpec;
  /** Bytes that each member keeps, by the name of the volume. */
  readonly claimBytes: Readonly<Record<string, number>>;
  /**
   * Seconds from SIGTERM to SIGKILL.
   * @default 30
   */
  readonly graceSeconds?: number;
  /**
   * Seconds that a fresh member has to stay ready before the next one is replaced.
   * @default 10
   */
  readonly minReadySeconds?: number;
  /**
   * Rolling update.
   * @default all members, one at a time
   */
  readonly update?: StatefulUpdateSpec;
  /**
   * Clusters that the manifests have to work on.
   * @default oldest: '1.32'
   */
  readonly cluster?: ClusterSpec;
}

/** CPU and memory of a server's container. */
export interface StatefulResourcesSpec {
  /** CPU cores. */
  readonly cpu: StatefulCpuSpec;
  /** Bytes of memory, requested and limited. */
  readonly memoryBytes: number;
  /**
   * Bytes in /tmp.
   * @default 16 MiB
   */
  readonly scratchBytes?: number;
}

/** CPU cores of a server's container. */
export interface StatefulCpuSpec {
  /** Cores that the scheduler keeps for it. */
  readonly request: number;
  /**
   * Cores that it is held to; `'none'`: it may use what the node has to spare.
   * @default twice the request, in whole cores
   */
  readonly limit?: number | 'none';
}

/** How members are replaced by those of another template. */
export interface StatefulUpdateSpec {
  /**
   * Only members from this ordinal on are replaced.
   * @default 0: all of them
   */
  readonly partition?: number;
  /**
   * Members that are replaced at the same time.
   * @default 1
   */
  readonly maxUnavailable?: number;
}
