import { measureOnce, type RunSetup } from '../../lib/measure/one-run';
import { fitTasks, type MeasuredRun, type TaskFit } from '../../lib/plan';
import { median } from '../page';
import { regularTimes } from './arrivals';
import { type JobName, PERIOD_SECONDS } from './cases';
import type { ReadyJob } from './jobs';
import { type PushedTask, runPushed } from './pushed-run';

/** What the tasks of a job cost. */
export interface Costs {
  /** With one core, from pools that are full. */
  readonly fit: TaskFit;
  /** CPU seconds of a task where CPU is what is used up, by the slots of the pool, ascending. */
  readonly busyCpu: readonly { readonly slots: number; readonly seconds: number }[];
  /** Seconds of each task in its handler with one core, by its number; they repeat from the start. */
  readonly taskSeconds: readonly number[];
  /** Seconds of a start with one core. */
  readonly startSeconds: number;
  /** CPU seconds of a start, as far as the quota counts them: runc sets it late. */
  readonly startCpuSeconds: number;
}

/** Cores that costs are measured with; none of the cases has as many. */
const CORES = 1;

/** A pool and its CPU limit. */
interface Pool {
  readonly slots: number;
  readonly cores: number;
}

/** Pools whose memory and CPU are measured. */
const FREE: Readonly<Record<JobName, readonly Pool[]>> = {
  develop: [1, 3].map((slots) => ({ slots, cores: CORES })),
  crawl: [4, 16].map((slots) => ({ slots, cores: CORES })),
};

/**
 * Pools that use up their CPU. A process that always has work takes it in batches, and seldom sleeps and wakes; and the heap of a
 * pool with one slot is so small that the garbage collector runs more often.
 */
const BUSY: Readonly<Record<JobName, readonly Pool[]>> = {
  develop: FREE.develop,
  crawl: [{ slots: 32, cores: 0.08 }],
};

/** A CPU limit that no case has, and that stops each start many times. */
const TIGHT_CORES = 0.03;

/** How the time of each task is measured: without others that it would wait for; tasks/s. */
const ALONE: Readonly<Record<JobName, Pool & { readonly rate: number; readonly laps: number }>> = {
  develop: { slots: 1, cores: CORES, rate: 10, laps: 3 },
  crawl: { slots: 16, cores: CORES, rate: 80, laps: 1 },
};

const SECONDS = 3;

/** Tasks that are more than enough for a run of {@link SECONDS}. */
const PLENTY = 200;

/** What calibrating runs found so far. */
export class Calibration {
  private readonly idle: MeasuredRun[] = [];
  private readonly tight: MeasuredRun[] = [];
  private readonly free: MeasuredRun[] = [];
  private readonly busy: MeasuredRun[] = [];
  private readonly alone: PushedTask[] = [];

  constructor(private readonly job: ReadyJob) {}

  /** Runs all once; in turn with the cases, so that a slow minute of the machine falls on both. */
  async measure(place: Pick<RunSetup, 'folder' | 'scratch'>): Promise<void> {
    const { idle, name, pushed, distinct } = this.job;
    const at = { ...place, seconds: SECONDS, onCompile: () => undefined };
    const idleIn = async (cpuCores: number) =>
      (await measureOnce({ ...at, worker: idle.worker, cpuCores }, idle.tasks, 0)).run;
    this.idle.push(await idleIn(CORES));
    this.tight.push(await idleIn(TIGHT_CORES));
    const { worker, tasks } = this.job.full(PLENTY);
    const runIn = async ({ slots, cores }: Pool) =>
      (await measureOnce({ ...at, worker, cpuCores: cores }, tasks, slots)).run;
    for (const pool of FREE[name]) {
      const run = await runIn(pool);
      this.free.push(run);
      if (BUSY[name].includes(pool)) this.busy.push(run);
    }
    for (const pool of BUSY[name]) {
      if (!FREE[name].includes(pool)) this.busy.push(await runIn(pool));
    }
    const { rate, laps, ...pool } = ALONE[name];
    const times = regularTimes(rate, laps * distinct);
    this.alone.push(...(await runPushed({ ...place, ...pushed, ...pool }, times)));
  }

  /** @throws RangeError before it was measured twice */
  costs(): Costs {
    const { idle, tight, free, busy, alone } = this;
    const fit = fitTasks([...idle, ...free], CORES);
    const cpuOf = (run: MeasuredRun) => (run.cpuSeconds - fit.startCpuSeconds) / run.tasks;
    const sizes = [...new Set(busy.map(({ concurrency }) => concurrency))].sort((a, b) => a - b);
    const startSeconds = median([...idle, ...free].map((run) => run.startSeconds));
    return {
      fit,
      busyCpu: sizes.map((slots) => ({
        slots,
        seconds: median(busy.filter(({ concurrency }) => concurrency === slots).map(cpuOf)),
      })),
      taskSeconds: secondsOfEach(alone, this.job.distinct),
      startSeconds,
      startCpuSeconds: startCpu(startSeconds, median(tight.map((run) => run.startSeconds)), TIGHT_CORES),
    };
  }
}

/**
 * CPU seconds of a start, from how much longer it takes under a limit: it stood still for the rest of a period each time that it
 * had used up the quota.
 *
 * @param free seconds of a start that is not stopped
 * @param tight the same under a limit of so many cores
 */
export function startCpu(free: number, tight: number, cores: number): number {
  const quota = cores * PERIOD_SECONDS;
  const stops = (tight - free) / (PERIOD_SECONDS - quota);
  return Math.max(0, (stops + 0.5) * quota);
}

/** Median time of each of the tasks that repeat after `distinct` of them. */
export function secondsOfEach(done: readonly PushedTask[], distinct: number): number[] {
  return Array.from({ length: distinct }, (_, task) =>
    median(done.filter(({ index }) => index % distinct === task).map(({ seconds }) => seconds)),
  );
}
