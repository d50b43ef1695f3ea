import { type Bend, findBend } from './bend';
import { atLeast, type Interval, meanInterval } from './interval';
import { fitLine } from './least-squares';
import type { MeasuredRun } from './run';

/** What runs of a worker at rising concurrency say about its tasks; seconds and bytes. */
export interface TaskFit {
  /** CPU time of one task. */
  readonly cpuSeconds: Interval;
  /** Time of one task in its handler while the pod is not short of CPU: up to the bend. */
  readonly durationSeconds: Interval;
  /** The part of it in which the task does not use CPU. */
  readonly waitingSeconds: Interval;
  /** Longest time of a task up to the bend. */
  readonly longestTaskSeconds: number;
  /** Resident memory of the process without tasks, at its peak. */
  readonly idleBytes: Interval;
  /** The memory at work that does not grow with the tasks at the same time. */
  readonly baseBytes: Interval;
  /** What each further task at the same time adds to it. */
  readonly perTaskBytes: Interval;
  /** The lowest line with that slope which no run rose above: what a plan has to give. */
  readonly planBytes: { readonly base: number; readonly perTask: number };
  /** From the start of the process until it takes tasks. */
  readonly startSeconds: Interval;
  /** CPU time of that start, and of an end without tasks. */
  readonly startCpuSeconds: number;
  /**
   * From SIGTERM to the end of the drain, with full slots.
   * @default no run was stopped
   */
  readonly drainSeconds?: Interval;
  /**
   * Where tasks at the same time begin to slow each other down.
   * @default nowhere up to the most that were measured
   */
  readonly bend?: Bend;
}

/**
 * Fits the numbers of a task profile to runs.
 *
 * - CPU: what a run used beyond an idle process, over its tasks. With errors in proportion to the tasks that is the line of
 *   least squares through the process when it is idle, at no tasks.
 * - Duration: the mean of runs up to the bend, where tasks do not wait for CPU. Waiting is what is left of it without CPU.
 * - Memory: a line of least squares over concurrency, shifted up until no run lies above it: more than that is a kill.
 * - Start and drain: means. All intervals hold the true value in 95 of 100 measurements (Student).
 *
 * @param runs of the idle process two or more, and of two concurrencies or more at least three runs with tasks
 * @param cores CPU cores that the runs had
 * @throws RangeError when there are fewer
 */
export function fitTasks(runs: readonly MeasuredRun[], cores: number): TaskFit {
  const idle = runs.filter(({ concurrency }) => concurrency === 0);
  const working = runs.filter(({ concurrency, tasks }) => concurrency > 0 && tasks > 0);
  if (idle.length < 2) throw new RangeError(`idle runs must be two or more, got ${idle.length}`);
  const memory = fitLine(working.map(({ concurrency, memoryBytes }) => ({ x: concurrency, y: memoryBytes })));
  const bend = findBend(working, cores);
  const free = bend === undefined ? working : upTo(working, bend.concurrency.value);
  const startCpuSeconds = meanOf(idle.map((run) => run.cpuSeconds)).value;
  const cpuOf = (run: MeasuredRun) => Math.max(0, run.cpuSeconds - startCpuSeconds) / run.tasks;
  const drains = working.flatMap(({ drainSeconds }) => drainSeconds ?? []);
  const idleBytes = meanOf(idle.map((run) => run.memoryBytes));
  const perTaskBytes = atLeast(0, memory.slope);
  return {
    cpuSeconds: meanOf(free.map(cpuOf)),
    durationSeconds: meanOf(free.map((run) => run.taskSeconds)),
    waitingSeconds: meanOf(free.map((run) => run.taskSeconds - cpuOf(run))),
    longestTaskSeconds: Math.max(...free.map((run) => run.longestTaskSeconds)),
    idleBytes,
    baseBytes: atLeast(0, memory.intercept),
    perTaskBytes,
    planBytes: lineAbove(working, perTaskBytes.value, idleBytes.value),
    startSeconds: meanOf(runs.map((run) => run.startSeconds)),
    startCpuSeconds,
    ...(drains.length > 0 && { drainSeconds: meanOf(drains) }),
    ...(bend !== undefined && { bend }),
  };
}

/** The mean of what cannot be less than nothing, its interval included. */
function meanOf(values: readonly number[]): Interval {
  return atLeast(0, meanInterval(values));
}

/** The runs up to a concurrency, those with the fewest tasks at the same time at least. */
function upTo(runs: readonly MeasuredRun[], concurrency: number): readonly MeasuredRun[] {
  const least = Math.min(...runs.map((run) => run.concurrency));
  return runs.filter((run) => run.concurrency <= Math.max(least, concurrency));
}

function lineAbove(
  runs: readonly MeasuredRun[],
  perTask: number,
  least: number,
): { readonly base: number; readonly perTask: number } {
  const bases = runs.map(({ concurrency, memoryBytes }) => memoryBytes - concurrency * perTask);
  return { base: Math.max(least, ...bases), perTask };
}
