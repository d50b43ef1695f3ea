import { CPU, MEMORY } from './amounts';
import { at } from './at';
import type { Board, Seat } from './board';
import type { Kind } from './kind';
import { placementScore } from './placement';

/**
 * Which of the nodes that take a pod gets it, as far as its cpu and memory go:
 *
 * - `LeastAllocated`: where most is left, in shares of the node; what the scheduler does unless it is told otherwise
 * - `MostAllocated`: where least is left
 * - `BalancedAllocation`: where cpu and memory are used most evenly; counted beside the other two as well
 * - `PlacementScore`: the type on which what is asked for weighs least, see {@link placementScore}
 */
export type Strategy = 'LeastAllocated' | 'MostAllocated' | 'BalancedAllocation' | 'PlacementScore';

/** Places of the two in vectors, at hand where they are asked for most. */
const [CORES, BYTES] = [CPU, MEMORY];

/** The strategies by name. */
export const STRATEGIES: readonly Strategy[] = [
  'LeastAllocated',
  'MostAllocated',
  'BalancedAllocation',
  'PlacementScore',
];

/** Most that a plugin of the scheduler gives a node (`MaxNodeScore`). */
export const MOST = 100;

/** Adds what a strategy gives each of some nodes for a pod of a kind: 0 to {@link MOST}, in whole numbers. */
export function addStrategyScores(
  scores: Float64Array,
  nodes: readonly number[],
  { strategy, board, kind }: { readonly strategy: Strategy; readonly board: Board; readonly kind: Kind },
): void {
  if (strategy === 'BalancedAllocation') return;
  if (strategy === 'PlacementScore') {
    for (const [place, score] of placementScores(board, kind, nodes).entries()) {
      scores[place] = (scores[place] ?? 0) + score;
    }
    return;
  }
  const isLeast = strategy === 'LeastAllocated';
  for (let place = 0; place < nodes.length; place++) {
    const seat = at(board.seats, nodes[place] ?? 0);
    scores[place] = (scores[place] ?? 0) + allocation(seat, kind, isLeast);
  }
}

// What follows is done for every pod and every node: without closures, which cost more than the sums.

/** The mean over cpu and memory (`leastResourceScorer`, `mostResourceScorer`). */
function allocation({ allocatable, scored }: Seat, kind: Kind, isLeast: boolean): number {
  let sum = 0;
  let weights = 0;
  for (let resource = 0; resource < scored.length; resource++) {
    const capacity = allocatable[resource] ?? 0;
    if (capacity === 0) continue;
    const used = Math.min((scored[resource] ?? 0) + (kind.scored[resource] ?? 0), capacity);
    sum += Math.floor(((isLeast ? capacity - used : used) * MOST) / capacity);
    weights++;
  }
  return weights === 0 ? 0 : Math.floor(sum / weights);
}

/**
 * How evenly cpu and memory are used with the pod, and how much more evenly than without it (`balancedResourceScorer`).
 */
export function balanceScore(seat: Seat, { requests, isBestEffort }: Kind): number {
  if (isBestEffort) return 0;
  const after = balance(seat, requests[CORES] ?? 0, requests[BYTES] ?? 0);
  return MOST / 2 + Math.trunc((MOST / 2 + after - balance(seat, 0, 0)) / 2);
}

/** With a deviation of half the difference of two shares; a node that gives only one of the two is even. */
function balance({ allocatable, used }: Seat, cpu: number, memory: number): number {
  const cores = allocatable[CORES] ?? 0;
  const bytes = allocatable[BYTES] ?? 0;
  if (cores === 0 || bytes === 0) return MOST;
  const ofCores = Math.min(((used[CORES] ?? 0) + cpu) / cores, 1);
  const ofBytes = Math.min(((used[BYTES] ?? 0) + memory) / bytes, 1);
  const share = ofCores - ofBytes;
  return Math.trunc((1 - Math.abs(share / 2)) * MOST);
}

/** The least score is worth {@link MOST}, one twice as high half of that. */
function placementScores(board: Board, { requests }: Kind, nodes: readonly number[]): number[] {
  const totals = board.totals;
  const requested = Array.from(requests, (amount, resource) => share(amount, totals[resource] ?? 0));
  const scores = nodes.map((node) =>
    placementScore(requested, { weights: shareWeights(board, node), room: Number.POSITIVE_INFINITY }),
  );
  const least = Math.min(...scores);
  return scores.map((score) => (score === 0 ? MOST : Math.floor((MOST * least) / score)));
}

/** C_ij = what all nodes give of j ÷ what this one gives: R_j·C_ij is the share of the node that a request takes. */
function shareWeights({ seats, totals }: Board, node: number): number[] {
  return Array.from(at(seats, node).allocatable, (amount, resource) => share(totals[resource] ?? 0, amount));
}

/** Nothing of what nobody has. */
function share(amount: number, whole: number): number {
  return whole === 0 ? 0 : amount / whole;
}
