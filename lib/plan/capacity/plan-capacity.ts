import { CPU } from './amounts';
import { at } from './at';
import { Attempt } from './attempt';
import { Board } from './board';
import { Growth } from './growth';
import { type CapacityNode, type CapacityPool, DEFAULT_PODS, nodesOf, UNBOUNDED } from './node';
import { pack } from './pack';
import type { CapacityPod, PodTemplate } from './pod';
import { type PriceList, priceOf } from './prices';
import type { CapacityCost, CapacityReport, Misfit, PoolReport } from './report';
import type { PendingPod } from './scheduler';
import type { Strategy } from './strategy';
import { type CapacityWorkload, podsOf } from './workload';

/** How capacity is planned. */
export interface CapacityOptions {
  /**
   * Which of the nodes that take a pod gets it.
   * @default 'LeastAllocated', as the scheduler's own
   */
  readonly strategy?: Strategy;
  /**
   * Whether all rolling updates run at the same time, as after a change of everything; otherwise none does.
   * @default true
   */
  readonly rollingUpdates?: boolean;
  /**
   * What nodes cost.
   * @default nothing is said of costs
   */
  readonly prices?: PriceList;
}

/**
 * Plans whether workloads fit node pools, how many nodes they need and what those cost. Pools and workloads have to be
 * without problems: see {@link capacityProblems}.
 */
export function planCapacity(
  pools: readonly CapacityPool[],
  workloads: readonly CapacityWorkload[],
  { strategy = 'LeastAllocated', rollingUpdates = true, prices }: CapacityOptions = {},
): CapacityReport {
  const running = rollingUpdates ? workloads : workloads.map((workload) => ({ ...workload, surge: 0 }));
  const nodes = pools.flatMap((pool) => nodesOf(pool, pool.nodes.max));
  const pods = inOrder(running).flatMap((workload) => podsOf(workload, nodes));
  const { pending, pushedOut } = pack(nodes, pods, { strategy });
  const growth = new Growth(pools, inOrder(running), { strategy, prices });
  const reports = pools.map((pool) => poolReport(pool, growth, prices));
  const names = new Map(pods.map((pod) => [pod.name, pod.template.workload]));
  return {
    fits: pending.length === 0,
    strategy,
    pods: pods.length,
    nodes: nodes.length,
    misfits: misfits(pending, pods, nodes),
    pushedOut: [...new Set(pushedOut.flatMap((name) => names.get(name) ?? []))],
    pools: reports,
    ...(prices !== undefined && { cost: costOf(reports, prices) }),
  };
}

/** Pods of every node first: they come with the node. */
function inOrder(workloads: readonly CapacityWorkload[]): CapacityWorkload[] {
  const isDaemon = ({ pods }: CapacityWorkload) => pods === 'each-node';
  return [...workloads.filter(isDaemon), ...workloads.filter((it) => !isDaemon(it))];
}

function misfits(
  pending: readonly PendingPod[],
  pods: readonly CapacityPod[],
  nodes: readonly CapacityNode[],
): Misfit[] {
  const isOf = (workload: string) => (pod: CapacityPod) => pod.template.workload === workload;
  const workloads = [...new Set(pending.map(({ pod }) => pod.template.workload))];
  return workloads.map((workload) => {
    const waiting = pending.filter(({ pod }) => isOf(workload)(pod));
    const { pod, message } = at(waiting, 0);
    return {
      workload,
      waiting: waiting.length,
      pods: pods.filter(isOf(workload)).length,
      fitsNoNode: fitsNoNode(pod.template, nodes),
      message,
    };
  });
}

/** Whether no node takes a pod of the template even when nothing else runs. */
export function fitsNoNode(template: PodTemplate, nodes: readonly CapacityNode[]): boolean {
  const board = new Board([template], nodes);
  for (const node of nodes) board.addNode(node);
  const attempt = new Attempt(board, board.kinds.of(template));
  return nodes.every((_, node) => attempt.refusal(node) !== undefined);
}

function poolReport(pool: CapacityPool, { board, counts }: Growth, prices?: PriceList): PoolReport {
  const seats = board.seats.filter((_, node) => at(board.nodes, node).pool === pool.name);
  const needed = counts.get(pool.name) ?? 0;
  const pods = seats.reduce((sum, seat) => sum + seat.pods.length, 0);
  const use = board.resources
    .map((resource, index) => {
      const scale = index === CPU ? 1000 : 1;
      const requested = seats.reduce((sum, { used }) => sum + at(used, index), 0) / scale;
      return { resource, requested, allocatable: (pool.allocatable[resource] ?? 0) * needed };
    })
    .filter(({ resource, requested, allocatable }) => {
      return (requested > 0 || allocatable > 0) && pool.allocatable[resource] !== UNBOUNDED;
    });
  const most = (pool.allocatable.pods ?? DEFAULT_PODS) * needed;
  const price = prices === undefined ? undefined : priceOf(prices, pool);
  return {
    name: pool.name,
    ...(pool.machine !== undefined && { machine: pool.machine }),
    nodes: { ...pool.nodes, needed },
    pods,
    use: [...use, { resource: 'pods', requested: pods, allocatable: most }],
    ...(price !== undefined && { cost: price * needed }),
  };
}

function costOf(pools: readonly PoolReport[], prices: PriceList): CapacityCost {
  const sum = (count: 'min' | 'needed' | 'max') =>
    pools.reduce((total, pool) => total + (priceOf(prices, pool) ?? 0) * pool.nodes[count], 0);
  return {
    currency: prices.currency,
    per: prices.per,
    least: sum('min'),
    needed: sum('needed'),
    most: sum('max'),
    without: pools.filter((pool) => priceOf(prices, pool) === undefined).map(({ name }) => name),
  };
}
