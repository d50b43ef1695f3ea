import type { Amounts } from './amounts';
import type { Labels } from './labels';

/** A taint of a node. */
export interface CapacityTaint {
  /** Key of the taint. */
  readonly key: string;
  /**
   * Value of the taint.
   * @default none
   */
  readonly value?: string;
  /** What happens to pods that do not tolerate it. */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** A node, as the scheduler sees it. */
export interface CapacityNode {
  /** Name of the node. */
  readonly name: string;
  /** Name of its pool. */
  readonly pool: string;
  /** Its labels. */
  readonly labels: Labels;
  /** Its taints. */
  readonly taints: readonly CapacityTaint[];
  /** What it can give to pods; without `pods`, 110 of them. */
  readonly allocatable: Amounts;
}

/** Nodes of one shape. */
export interface CapacityPool {
  /** Name of the pool. */
  readonly name: string;
  /**
   * Type of its machines, such as `m7g.large`.
   * @default unknown
   */
  readonly machine?: string;
  /** Labels of its nodes, besides those that every node has. */
  readonly labels: Labels;
  /** Taints of its nodes. */
  readonly taints: readonly CapacityTaint[];
  /** What one node can give to pods; without `pods`, 110 of them. */
  readonly allocatable: Amounts;
  /** Fewest and most nodes. */
  readonly nodes: { readonly min: number; readonly max: number };
  /**
   * Zones that its nodes stand in, one after the other.
   * @default none: its nodes have no label of a zone
   */
  readonly zones?: readonly string[];
}

/** Label with the name of the node. */
export const HOSTNAME = 'kubernetes.io/hostname';

/** Label with the zone of the node. */
export const ZONE = 'topology.kubernetes.io/zone';

/** The kubelet's own default of `maxPods`. */
export const DEFAULT_PODS = 110;

/** Stands for more of a resource than any pods ask for. */
export const UNBOUNDED = 2 ** 50;

/** Labels that kubelets and clouds give to every node; a pool's own come after. */
function commonLabels(name: string, { machine, zones = [] }: CapacityPool, index: number): Labels {
  const zone = zones[index % Math.max(zones.length, 1)];
  return {
    [HOSTNAME]: name,
    'kubernetes.io/os': 'linux',
    ...(machine !== undefined && { 'node.kubernetes.io/instance-type': machine }),
    ...(zone !== undefined && { [ZONE]: zone }),
  };
}

/** The node with this number of a pool: pool and number make its name, zones are taken in turn. */
export function nodeOf(pool: CapacityPool, index: number): CapacityNode {
  const name = `${pool.name}-${index}`;
  return {
    name,
    pool: pool.name,
    labels: { ...commonLabels(name, pool, index), ...pool.labels },
    taints: pool.taints,
    allocatable: pool.allocatable,
  };
}

/** So many nodes of a pool. */
export function nodesOf(pool: CapacityPool, count: number): CapacityNode[] {
  return Array.from({ length: count }, (_, index) => nodeOf(pool, index));
}
