import { Board } from './board';
import type { CapacityNode } from './node';
import type { CapacityPod } from './pod';
import { type PendingPod, Scheduler } from './scheduler';
import type { Strategy } from './strategy';

/** How pods are placed. */
export interface PackOptions {
  /**
   * Which of the nodes that take a pod gets it.
   * @default 'LeastAllocated', as the scheduler's own
   */
  readonly strategy?: Strategy;
  /**
   * Whether pods push out those of lower priorities.
   * @default true
   */
  readonly preempts?: boolean;
}

/** Pods on nodes. */
export interface Packing {
  /** Name of the node of each pod that has one, by the name of the pod. */
  readonly placed: ReadonlyMap<string, string>;
  /** Pods that no node takes. */
  readonly pending: readonly PendingPod[];
  /** Names of pods that others pushed out, and that may have found another node since. */
  readonly pushedOut: readonly string[];
}

/**
 * Places pods on nodes as kube-scheduler does with its default plugins and every node looked at
 * (`percentageOfNodesToScore` 100): by priority and then in the order of the list, each on the node that its plugins
 * like best; where none takes it, on the one where it pushes out the least. Claims and volumes are not looked at.
 */
export function pack(
  nodes: readonly CapacityNode[],
  pods: readonly CapacityPod[],
  { strategy = 'LeastAllocated', preempts = true }: PackOptions = {},
): Packing {
  const board = new Board(templatesOf(pods), nodes);
  for (const node of nodes) board.addNode(node);
  const scheduler = new Scheduler(board, { strategy, preempts });
  for (const round of roundsOf(pods)) scheduler.place(round);
  return {
    placed: placedOn(board),
    pending: scheduler.pending,
    pushedOut: [...new Set(scheduler.pushedOut.map(({ name }) => name))],
  };
}

/** Name of the node of each pod. */
export function placedOn({ nodes, seats }: Board): Map<string, string> {
  const placed = new Map<string, string>();
  for (const [index, { name }] of nodes.entries()) {
    for (const { pod } of seats[index]?.pods ?? []) placed.set(pod.name, name);
  }
  return placed;
}

/** The templates of some pods, each once. */
export function templatesOf(pods: readonly CapacityPod[]) {
  return [...new Set(pods.map(({ template }) => template))];
}

/** Pods by when they come. */
export function roundsOf(pods: readonly CapacityPod[]): CapacityPod[][] {
  const rounds = new Map<number, CapacityPod[]>();
  for (const pod of pods) {
    const round = rounds.get(pod.round ?? 0) ?? [];
    rounds.set(pod.round ?? 0, round);
    round.push(pod);
  }
  return [...rounds].sort(([a], [b]) => a - b).map(([, round]) => round);
}
