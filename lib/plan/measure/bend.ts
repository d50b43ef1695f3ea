import { formatQuantity, formatShare } from '../format';
import type { Interval } from './interval';
import { findKnee } from './knee';
import type { MeasuredRun } from './run';

/** Why tasks take longer beyond a bend. */
export type BendCause =
  /** The control group had used up its CPU quota, and was stopped until the next period. */
  | 'throttled'
  /** All CPU there is was used. */
  | 'cpu'
  /** CPU was left: tasks wait for each other (a lock, a limit of the handler's own) or for what they call. */
  | 'contention';

/** Where more tasks at the same time begin to take longer each. */
export interface Bend {
  /** Tasks at the same time. */
  readonly concurrency: Interval;
  /** Power by which a task's time grows beyond it; with 1 more tasks at the same time get nothing more done. */
  readonly power: Interval;
  /** Why. */
  readonly cause: BendCause;
  /** The same as a sentence with the numbers that it follows from. */
  readonly reason: string;
}

/** Periods with a used-up quota beyond this share slow tasks down. */
const THROTTLED = 0.1;

/** Above this share of the cores a process is bound by CPU: the rest goes to what it did not do at the same time. */
const BUSY = 0.85;

/** CPU per task that grows by more than this share is worth a word. */
const COSTLIER = 1.15;

/**
 * Finds where the time of a task begins to grow with the number of tasks at the same time, and why: by a knee in the
 * logarithms, which is exact where a resource is used up, since a task's time then is max(d, c ÷ x) with the rate x that the
 * resource allows (asymptotic bounds: P. J. Denning and J. P. Buzen, "The Operational Analysis of Queueing Network Models",
 * 1978).
 *
 * @param runs with tasks, at rising concurrency
 * @param cores CPU cores that the runs had
 */
export function findBend(runs: readonly MeasuredRun[], cores: number): Bend | undefined {
  const knee = findKnee(runs.map(({ concurrency, taskSeconds }) => ({ x: concurrency, y: taskSeconds })));
  if (knee === undefined) return undefined;
  const before = runs.filter(({ concurrency }) => concurrency <= knee.at.value);
  const beyond = runs.filter(({ concurrency }) => concurrency > knee.at.value);
  const busy = middle(beyond.map(({ cpuSeconds, wallSeconds }) => cpuSeconds / wallSeconds));
  const throttled = middle(beyond.map(({ throttledShare = 0 }) => throttledShare));
  const cause = causeOf(busy / cores, throttled);
  const costlier = middle(beyond.map(cpuPerTask)) / middle(before.map(cpuPerTask));
  const reasons: Record<BendCause, string> = {
    throttled: `the CPU quota of ${formatQuantity(cores, 'cores')} is used up in ${formatShare(throttled)} of the periods`,
    cpu: `${formatShare(busy / cores)} of ${formatQuantity(cores, 'cores')} are busy`,
    contention: `only ${formatShare(busy / cores)} of ${formatQuantity(cores, 'cores')} are busy: tasks wait for each other (a lock, or a limit of the handler) or for what they call`,
  };
  const more =
    costlier > COSTLIER
      ? `; a task takes ${formatShare(costlier - 1)} more CPU than alone (caches, or the garbage collector)`
      : '';
  return { concurrency: knee.at, power: knee.power, cause, reason: `${reasons[cause]}${more}` };
}

function causeOf(busy: number, throttled: number): BendCause {
  if (throttled > THROTTLED) return 'throttled';
  return busy > BUSY ? 'cpu' : 'contention';
}

function cpuPerTask({ cpuSeconds, tasks }: MeasuredRun): number {
  return cpuSeconds / tasks;
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
