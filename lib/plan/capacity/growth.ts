import { sumOf } from './amounts';
import { at } from './at';
import { Attempt } from './attempt';
import { Board } from './board';
import type { Kind } from './kind';
import { type CapacityPool, nodeOf } from './node';
import { templatesOf } from './pack';
import { leastScore } from './placement';
import type { CapacityPod } from './pod';
import { type PriceList, priceOf } from './prices';
import { favourite } from './scores';
import type { Strategy } from './strategy';
import { type CapacityWorkload, daemonPod, podsOf } from './workload';

/** How nodes are added. */
export interface GrowthOptions {
  readonly strategy: Strategy;
  /** Types of nodes are chosen by what a pod costs there; without it by the share of a node that it takes. */
  readonly prices: PriceList | undefined;
}

/**
 * Finds how many nodes some workloads need, as an autoscaler of nodes would: it begins with the fewest nodes of each
 * pool, and adds one where a pod finds no room. Of the pools whose next node would take the pod, that with the least
 * placement score grows (see {@link leastScore}). Nobody is pushed out, as nodes are added first.
 */
export class Growth {
  readonly board: Board;
  /** Nodes by the name of the pool. */
  readonly counts = new Map<string, number>();
  private readonly daemons: readonly CapacityWorkload[];
  /** Kinds that no further node would help. */
  private readonly hopeless = new Set<Kind>();

  constructor(
    private readonly pools: readonly CapacityPool[],
    workloads: readonly CapacityWorkload[],
    private readonly options: GrowthOptions,
  ) {
    this.daemons = workloads.filter(({ pods }) => pods === 'each-node');
    const pods = workloads.flatMap((workload) => podsOf(workload, []));
    const daemons = this.daemons.map(({ template }) => template);
    this.board = new Board([...daemons, ...templatesOf(pods)], pools);
    for (const pool of pools) {
      this.counts.set(pool.name, 0);
      for (let count = 0; count < pool.nodes.min; count++) this.add(pool);
    }
    this.place(pods.toSorted((a, b) => (b.template.priority ?? 0) - (a.template.priority ?? 0)));
  }

  private place(pods: readonly CapacityPod[]): void {
    for (;;) {
      const waiting = pods.filter((pod) => !this.run(pod) && !this.grow(pod));
      if (waiting.length === 0 || waiting.length === pods.length) return;
      // Others came that they may have waited for.
      this.hopeless.clear();
      pods = waiting;
    }
  }

  /** Places a pod on a node that is there. */
  private run(pod: CapacityPod): boolean {
    const { board } = this;
    const kind = board.kinds.of(pod.template);
    const taken = new Attempt(board, kind).taken(board.numbers);
    if (taken.length === 0) return false;
    board.start(pod, kind, favourite(board, kind, taken, this.options.strategy));
    return true;
  }

  private grow(pod: CapacityPod): boolean {
    const kind = this.board.kinds.of(pod.template);
    if (this.hopeless.has(kind)) return false;
    const helpful = this.pools.flatMap((pool) => {
      const nodes = this.nodesUntilTaken(pool, kind);
      return nodes === undefined ? [] : [{ pool, nodes }];
    });
    const chosen = this.choose(kind, helpful);
    if (chosen === undefined) {
      this.hopeless.add(kind);
      return false;
    }
    for (let added = 0; added < chosen.nodes; added++) this.add(chosen.pool);
    return this.run(pod);
  }

  /** How many nodes a pool has to grow by, at most one for each zone, until one takes the pod. */
  private nodesUntilTaken(pool: CapacityPool, kind: Kind): number | undefined {
    const left = pool.nodes.max - (this.counts.get(pool.name) ?? 0);
    const tries = Math.min(left, Math.max(pool.zones?.length ?? 1, 1));
    let found: number | undefined;
    let added = 0;
    while (added < tries && found === undefined) {
      const node = this.add(pool);
      added++;
      if (new Attempt(this.board, kind).refusal(node) === undefined) found = added;
    }
    for (; added > 0; added--) this.drop(pool);
    return found;
  }

  /** With R_j as shares of all that the pools can grow to, and C_ij as shares of a node, times its price. */
  private choose<T extends { readonly pool: CapacityPool }>(
    kind: Kind,
    helpful: readonly T[],
  ): T | undefined {
    const names = this.board.resources.filter((_, index) => at(kind.requests, index) > 0);
    const all = sumOf(this.pools.map(({ allocatable }) => allocatable));
    const requested = names.map((name) => (kind.template.requests[name] ?? 0) / (all[name] ?? 1));
    const types = helpful.map(({ pool }) => {
      const price = this.options.prices === undefined ? 1 : (priceOf(this.options.prices, pool) ?? 1);
      const weights = names.map((name) => (price * (all[name] ?? 1)) / (pool.allocatable[name] ?? 1));
      return { weights, room: Number.POSITIVE_INFINITY };
    });
    const best = leastScore(requested, types);
    return best === undefined ? undefined : helpful[best];
  }

  /** Adds a node with the pods that every node gets. */
  private add(pool: CapacityPool): number {
    const { board, counts, daemons } = this;
    const count = counts.get(pool.name) ?? 0;
    const node = nodeOf(pool, count);
    counts.set(pool.name, count + 1);
    const number = board.addNode(node);
    for (const { template } of daemons) {
      const pod = daemonPod(template, node);
      const kind = board.kinds.of(template);
      if (pod !== undefined && new Attempt(board, kind).refusal(number) === undefined) {
        board.start(pod, kind, number);
      }
    }
    return number;
  }

  /** Takes the last node of a pool away, which has to be the last of all. */
  private drop(pool: CapacityPool): void {
    const { board, counts } = this;
    const number = board.nodes.length - 1;
    for (const running of [...at(board.seats, number).pods]) board.remove(running, number);
    board.dropNode();
    counts.set(pool.name, (counts.get(pool.name) ?? 0) - 1);
  }
}
