import type { Strategy } from './strategy';

/** Whether some workloads fit some node pools, and what that takes. */
export interface CapacityReport {
  /** Whether every pod finds a node when each pool has its most nodes. */
  readonly fits: boolean;
  /** How pods were placed. */
  readonly strategy: Strategy;
  /** Pods in all, those that rolling updates add included, with every pool at its most nodes. */
  readonly pods: number;
  /** Most nodes of all pools together. */
  readonly nodes: number;
  /** Workloads with pods that no node takes. */
  readonly misfits: readonly Misfit[];
  /** Workloads with pods that had to make room for those of a higher priority, whether they found another node or not. */
  readonly pushedOut: readonly string[];
  /** The pools, in the order given. */
  readonly pools: readonly PoolReport[];
  /**
   * What the nodes cost.
   * @default unknown: there were no prices
   */
  readonly cost?: CapacityCost;
}

/** A workload with pods that no node takes. */
export interface Misfit {
  /** The workload: `Deployment darkroom/develop`. */
  readonly workload: string;
  /** How many of its pods wait. */
  readonly waiting: number;
  /** Of how many. */
  readonly pods: number;
  /** Whether a pod of it would fit no node that runs nothing else. */
  readonly fitsNoNode: boolean;
  /** Why, in the words of the scheduler, of the first that waits. */
  readonly message: string;
}

/** What is made of a pool. */
export interface PoolReport {
  /** Name of the pool. */
  readonly name: string;
  /**
   * Type of its machines.
   * @default unknown
   */
  readonly machine?: string;
  /** Fewest and most nodes, and how many are needed. */
  readonly nodes: { readonly min: number; readonly max: number; readonly needed: number };
  /** Pods on the nodes that are needed. */
  readonly pods: number;
  /** What is used of the nodes that are needed. */
  readonly use: readonly ResourceUse[];
  /**
   * What the nodes that are needed cost.
   * @default unknown: there was no price
   */
  readonly cost?: number;
}

/** How much of a resource is asked for. */
export interface ResourceUse {
  /** Name of the resource. */
  readonly resource: string;
  /** What pods ask for, cpu in cores, memory and storage in bytes. */
  readonly requested: number;
  /** What the nodes can give. */
  readonly allocatable: number;
}

/** What nodes cost, in one currency and for one length of time. */
export interface CapacityCost {
  /** Currency of the prices. */
  readonly currency: string;
  /** How long a node runs for its price. */
  readonly per: 'hour' | 'month';
  /** With the fewest nodes of each pool. */
  readonly least: number;
  /** With those that are needed. */
  readonly needed: number;
  /** With the most nodes of each pool. */
  readonly most: number;
  /** Pools without a price, which are left out. */
  readonly without: readonly string[];
}
