import { at } from './at';
import { Attempt, type Refusal } from './attempt';
import type { Board } from './board';
import type { Kind } from './kind';
import type { CapacityPod } from './pod';
import { cheapestVictims } from './preemption';
import { favourite } from './scores';
import type { Strategy } from './strategy';

/** A pod that no node takes. */
export interface PendingPod {
  /** The pod. */
  readonly pod: CapacityPod;
  /** Why, as the scheduler says it: `0/12 nodes are available: 4 Insufficient cpu, 8 node(s) had untolerated taint(s).` */
  readonly message: string;
}

/** What a scheduler is made with. */
export interface SchedulerOptions {
  readonly strategy: Strategy;
  /** Whether pods push out others. */
  readonly preempts: boolean;
}

/** Places pods one after the other, as kube-scheduler does with its default plugins. */
export class Scheduler {
  /** Pods that were pushed out, some of them more than once. */
  readonly pushedOut: CapacityPod[] = [];
  private readonly queue: CapacityPod[] = [];
  private waiting: PendingPod[] = [];
  /** What was found for the pods of a kind, and for which version of the board. */
  private readonly refused = new Map<Kind, { readonly version: number; readonly message: string }>();
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly board: Board,
    private readonly options: SchedulerOptions,
  ) {}

  /** Pods that wait. */
  get pending(): readonly PendingPod[] {
    return this.waiting;
  }

  /**
   * Places pods, those of a high priority first; pods that wait are asked again as long as something changes.
   *
   * @returns those of them that no node takes
   */
  place(pods: readonly CapacityPod[]): readonly PendingPod[] {
    for (const pod of pods) this.enqueue(pod);
    for (;;) {
      for (let pod = this.queue.shift(); pod !== undefined; pod = this.queue.shift()) this.try(pod);
      const { version } = this.board;
      const again = this.waiting;
      this.waiting = [];
      for (const { pod } of again) this.try(pod);
      if (this.board.version === version && this.queue.length === 0) return this.waiting;
    }
  }

  /** Behind all of its priority and of higher ones. */
  private enqueue(pod: CapacityPod): void {
    const { queue } = this;
    const priority = pod.template.priority ?? 0;
    let [from, to] = [0, queue.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((at(queue, middle).template.priority ?? 0) >= priority) from = middle + 1;
      else to = middle;
    }
    queue.splice(from, 0, pod);
  }

  private try(pod: CapacityPod): void {
    const { board } = this;
    const kind = board.kinds.of(pod.template);
    const known = pod.node === undefined ? this.refused.get(kind) : undefined;
    if (known?.version === board.version) {
      this.waiting.push({ pod, message: known.message });
      return;
    }
    const attempt = new Attempt(board, kind);
    const nodes = this.nodesFor(pod);
    const taken = attempt.taken(nodes);
    if (taken.length > 0) {
      board.start(pod, kind, favourite(board, kind, taken, this.options.strategy));
      return;
    }
    const refusals = attempt.refusals(nodes);
    if (!this.pushIn(pod, kind, refusals)) this.refuse(pod, kind, refusals);
  }

  private nodesFor({ node }: CapacityPod): readonly number[] {
    if (node === undefined) return this.board.numbers;
    for (let next = this.numbers.size; next < this.board.nodes.length; next++) {
      this.numbers.set(at(this.board.nodes, next).name, next);
    }
    const number = this.numbers.get(node);
    return number === undefined ? [] : [number];
  }

  private pushIn(pod: CapacityPod, kind: Kind, refusals: ReadonlyMap<number, Refusal>): boolean {
    const { board, options, pushedOut } = this;
    const found = options.preempts ? cheapestVictims(board, kind, refusals) : undefined;
    if (found === undefined) return false;
    for (const victim of found.victims) {
      board.remove(victim, found.node);
      pushedOut.push(victim.pod);
      this.enqueue(victim.pod);
    }
    board.start(pod, kind, found.node);
    return true;
  }

  private refuse(pod: CapacityPod, kind: Kind, refusals: ReadonlyMap<number, Refusal>): void {
    const { board, refused, waiting } = this;
    const message = refusalMessage(board.nodes.length, refusals);
    if (pod.node === undefined) refused.set(kind, { version: board.version, message });
    waiting.push({ pod, message });
  }
}

/** What the scheduler says of the nodes that a pod cannot want as it names another one. */
const NOT_NAMED = "node(s) didn't satisfy plugin(s) [NodeAffinity]";

/** As `FitError` puts it: each reason with the number of nodes, in the order of the texts. */
function refusalMessage(nodes: number, refusals: ReadonlyMap<number, Refusal>): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  const count = (reason: string, more: number) => counts.set(reason, (counts.get(reason) ?? 0) + more);
  for (const { reasons } of refusals.values()) for (const reason of reasons) count(reason, 1);
  if (refusals.size < nodes) count(NOT_NAMED, nodes - refusals.size);
  const reasons = [...counts].map(([reason, times]) => `${times} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.`;
}
