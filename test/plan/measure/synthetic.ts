import type { MeasuredRun, Random } from '../../../lib/plan';

/** A worker as it really is. */
export interface Truth {
  readonly cpuSeconds: number;
  readonly waitingSeconds: number;
  readonly startCpuSeconds: number;
  readonly startSeconds: number;
  readonly idleBytes: number;
  readonly baseBytes: number;
  readonly perTaskBytes: number;
  readonly cores: number;
  /** Seconds of a task in which no other one may run. */
  readonly lockSeconds: number;
  /** Relative standard deviation of what is measured. */
  readonly noise: number;
}

const RUN_SECONDS = 10;

/** A run of such a worker: a task takes its time, or what the scarcest resource leaves it. */
export function syntheticRun(truth: Truth, concurrency: number, random: Random): MeasuredRun {
  const noisy = (value: number) => value * (1 + truth.noise * random.normal());
  const { cpuSeconds, waitingSeconds, cores, lockSeconds } = truth;
  const alone = cpuSeconds + waitingSeconds;
  const taskSeconds = Math.max(alone, (concurrency * cpuSeconds) / cores, concurrency * lockSeconds);
  const isIdle = concurrency === 0;
  const tasks = isIdle ? 0 : Math.max(1, Math.round((RUN_SECONDS * concurrency) / taskSeconds));
  const isThrottled = (concurrency * cpuSeconds) / taskSeconds > cores * 0.99;
  return {
    concurrency,
    tasks,
    wallSeconds: isIdle ? 0 : RUN_SECONDS,
    cpuSeconds: noisy(truth.startCpuSeconds) + noisy(cpuSeconds) * tasks,
    taskSeconds: isIdle ? 0 : noisy(taskSeconds),
    longestTaskSeconds: isIdle ? 0 : 3 * taskSeconds,
    utilization: isIdle ? 0 : 1,
    memoryBytes: noisy(isIdle ? truth.idleBytes : truth.baseBytes + concurrency * truth.perTaskBytes),
    startSeconds: noisy(truth.startSeconds),
    ...(!isIdle && { drainSeconds: noisy(taskSeconds / 2) }),
    throttledShare: isThrottled ? 0.9 : 0,
  };
}

/** Rounds over the idle process and all levels, in turn. */
export function syntheticRuns(
  truth: Truth,
  levels: readonly number[],
  rounds: number,
  random: Random,
): MeasuredRun[] {
  return Array.from({ length: rounds }).flatMap(() =>
    [0, ...levels].map((level) => syntheticRun(truth, level, random)),
  );
}
