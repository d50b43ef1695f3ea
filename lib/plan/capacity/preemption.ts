import { at } from './at';
import { Attempt, type Refusal } from './attempt';
import type { Board, Running } from './board';
import type { Kind } from './kind';

/** A node that takes a pod once others are gone. */
export interface Candidate {
  readonly node: number;
  /** Who has to go, the most important first. */
  readonly victims: readonly Running[];
}

/** The scheduler looks at a tenth of the nodes, or at this many (`DefaultPreemptionArgs`). */
const FEWEST_CANDIDATES = 100;

/**
 * Finds the node on which a pod does least harm by pushing out pods of lower priorities, as the scheduler's
 * DefaultPreemption does; PodDisruptionBudgets, which it only prefers to keep, are not looked at.
 *
 * @param refusals why each node does not take the pod, by the number of the node; nodes that are left out are not asked
 */
export function cheapestVictims(
  board: Board,
  kind: Kind,
  refusals: ReadonlyMap<number, Refusal>,
): Candidate | undefined {
  if (kind.template.preempts === false) return undefined;
  const { version } = board;
  const possible = [...refusals].flatMap(([node, { isFinal }]) => (isFinal ? [] : node));
  const most = Math.max(Math.floor(possible.length / 10), FEWEST_CANDIDATES);
  const candidates: Candidate[] = [];
  for (const node of possible) {
    const victims = victimsOn(board, kind, node);
    if (victims.length > 0) candidates.push({ node, victims });
    if (candidates.length === most) break;
  }
  // All who went were put back.
  board.version = version;
  return candidates.reduce<Candidate | undefined>(
    (best, one) => (best === undefined || isCheaper(one, best) ? one : best),
    undefined,
  );
}

/** Takes all of lower priority off the node, and puts back whom it can, the most important first. */
function victimsOn(board: Board, kind: Kind, node: number): Running[] {
  const lower = at(board.seats, node)
    .pods.filter((it) => it.kind.priority < kind.priority)
    .sort((a, b) => b.kind.priority - a.kind.priority || a.since - b.since);
  if (lower.length === 0) return [];
  for (const running of lower) board.remove(running, node);
  const isTaken = () => new Attempt(board, kind).refusal(node) === undefined;
  if (!isTaken()) {
    for (const running of lower) board.put(running, node);
    return [];
  }
  const victims = lower.filter((running) => {
    board.put(running, node);
    if (isTaken()) return false;
    board.remove(running, node);
    return true;
  });
  for (const victim of victims) board.put(victim, node);
  return victims;
}

/** Makes every priority positive, so that fewer victims cost less. */
const ABOVE_ALL = 2 ** 31;

/** As `pickOneNodeForPreemption`: the first of these that differs decides. */
function isCheaper(one: Candidate, other: Candidate): boolean {
  const costs = ({ victims }: Candidate) => {
    const highest = at(victims, 0).kind.priority;
    const mostImportant = victims.filter(({ kind }) => kind.priority === highest);
    return [
      highest,
      victims.reduce((sum, { kind }) => sum + kind.priority + ABOVE_ALL, 0),
      victims.length,
      -Math.min(...mostImportant.map(({ since }) => since)),
    ];
  };
  const theirs = costs(other);
  for (const [place, cost] of costs(one).entries()) {
    const difference = cost - at(theirs, place);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
