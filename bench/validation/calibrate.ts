import { measureOnce, type RunSetup } from '../../lib/measure/one-run';
import { fitTasks, type MeasuredRun, type TaskFit } from '../../lib/plan';
import { atLeast, meanInterval } from '../../lib/plan/measure/interval';
import { median } from '../page';
import { regularTimes } from './arrivals';
import { type JobName, PERIOD_SECONDS } from './cases';
import type { Costs } from './costs';
import type { ReadyJob } from './jobs';
import { ascending, mean } from './numbers';
import { type PushedTask, runPushed } from './pushed-run';

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

/** The run that tells how fast the machine is at the moment, always the same: a busy pool for some seconds. */
const REFERENCE: Readonly<Record<JobName, Pool & { readonly tasks: number; readonly seconds: number }>> = {
  // Over 16 photos, after which it ends by itself.
  develop: { slots: 1, cores: CORES, tasks: 16, seconds: 60 },
  crawl: { slots: 32, cores: 0.08, tasks: 0, seconds: 2 },
};

/** A CPU limit that no case has, and that stops each start many times. */
const TIGHT_CORES = 0.03;

/** How the time of each task is measured: without others that it would wait for; tasks/s. */
const ALONE: Readonly<Record<JobName, Pool & { readonly rate: number; readonly laps: number }>> = {
  develop: { slots: 1, cores: CORES, rate: 10, laps: 3 },
  crawl: { slots: 16, cores: CORES, rate: 80, laps: 1 },
};

const SECONDS = 3;

/**
 * Tasks that are enough for a run of {@link SECONDS}, and about as many as runs of cases have: a start looks through the folder of
 * its tasks, so that it takes longer with more of them.
 */
const PLENTY = 60;

type Place = Pick<RunSetup, 'folder' | 'scratch'>;

/** What calibrating runs found so far. */
export class Calibration {
  private readonly idle: MeasuredRun[] = [];
  private readonly tight: MeasuredRun[] = [];
  private readonly free: MeasuredRun[] = [];
  /** Mean of the starts that are not stopped, each time. */
  private readonly starts: number[] = [];
  private readonly references: number[] = [];
  /** CPU of a task in a busy pool, and of one that was pushed, by that of the reference at the same time. */
  private readonly busy: { readonly slots: number; readonly share: number }[] = [];
  private readonly pushed: number[] = [];
  private readonly alone: PushedTask[] = [];
  private readonly turns: number[] = [];

  constructor(
    private readonly job: ReadyJob,
    private readonly place: Place,
  ) {}

  /** Runs all once; in turn with the cases, so that a slow minute of the machine falls on both. */
  async measure(): Promise<void> {
    const { name, pushed, distinct } = this.job;
    const idle = await this.runIdle(CORES);
    this.idle.push(idle);
    const starts = [idle.startSeconds];
    this.tight.push(await this.runIdle(TIGHT_CORES));
    const before = await this.cpuNow();
    const busy: MeasuredRun[] = [];
    for (const pool of FREE[name]) {
      const run = await this.run(pool, PLENTY, SECONDS);
      this.free.push(run);
      starts.push(run.startSeconds);
      if (BUSY[name].includes(pool)) busy.push(run);
      // Half of the turn of the task that has the processor, and a whole one of each other.
      this.turns.push(((run.noticeSeconds ?? 0) * pool.cores) / (pool.slots - 0.5));
    }
    for (const pool of BUSY[name]) {
      if (!FREE[name].includes(pool)) busy.push(await this.run(pool, PLENTY, SECONDS));
    }
    this.starts.push(mean(starts));
    const { rate, laps, ...pool } = ALONE[name];
    const times = regularTimes(rate, laps * distinct);
    const alone = await runPushed({ ...this.place, ...pushed, ...pool }, times);
    const reference = (before + (await this.cpuNow())) / 2;
    this.references.push(reference);
    this.busy.push(...busy.map((run) => ({ slots: run.concurrency, share: this.cpuOf(run) / reference })));
    this.pushed.push(this.cpuOf({ cpuSeconds: alone.cpuSeconds, tasks: alone.tasks.length }) / reference);
    this.alone.push(...alone.tasks);
  }

  /**
   * CPU seconds of a task of the reference at the moment.
   *
   * @throws RangeError before {@link measure}
   */
  async cpuNow(): Promise<number> {
    const { tasks, seconds, ...pool } = REFERENCE[this.job.name];
    return this.cpuOf(await this.run(pool, tasks, seconds));
  }

  /** @throws RangeError before it was measured twice */
  costs(): Costs {
    const { idle, tight, free, busy } = this;
    const referenceCpu = median(this.references);
    const sizes = ascending([...new Set(busy.map(({ slots }) => slots))]);
    const startSeconds = median(this.starts);
    return {
      fit: { ...fitTasks([...idle, ...free], CORES), ...this.times() },
      referenceCpu,
      busyCpu: sizes.map((size) => ({
        slots: size,
        seconds: referenceCpu * median(busy.filter(({ slots }) => slots === size).map(({ share }) => share)),
      })),
      // To push a task costs some tenths of a millisecond, which is nothing beside a photo.
      ...(this.job.name === 'crawl' && { pushedCpu: referenceCpu * median(this.pushed) }),
      taskSeconds: secondsOfEach(this.alone, this.job.distinct),
      turnSeconds: median(this.turns),
      startSeconds,
      startCpuSeconds: startCpu(startSeconds, median(tight.map((run) => run.startSeconds)), TIGHT_CORES),
    };
  }

  /** Times of tasks in the smallest pool: whether larger ones are short of CPU is lost in a machine whose speed changes. */
  private times(): Pick<TaskFit, 'durationSeconds' | 'waitingSeconds'> {
    const least = Math.min(...this.free.map(({ concurrency }) => concurrency));
    const runs = this.free.filter(({ concurrency }) => concurrency === least);
    return {
      durationSeconds: meanInterval(runs.map((run) => run.taskSeconds)),
      waitingSeconds: atLeast(0, meanInterval(runs.map((run) => run.taskSeconds - this.cpuOf(run)))),
    };
  }

  /** CPU seconds of a task of a run: beyond those of the process alone. */
  private cpuOf({ cpuSeconds, tasks }: Pick<MeasuredRun, 'cpuSeconds' | 'tasks'>): number {
    if (this.idle.length === 0) throw new RangeError('the process alone was not measured yet');
    return (cpuSeconds - median(this.idle.map((run) => run.cpuSeconds))) / tasks;
  }

  private async run({ slots, cores }: Pool, wanted: number, seconds: number): Promise<MeasuredRun> {
    const { worker, tasks } = this.job.full(wanted);
    return (await measureOnce({ ...this.setup(cores, seconds), worker }, tasks, slots)).run;
  }

  private async runIdle(cores: number): Promise<MeasuredRun> {
    const { worker, tasks } = this.job.idle;
    return (await measureOnce({ ...this.setup(cores, SECONDS), worker }, tasks, 0)).run;
  }

  private setup(cpuCores: number, seconds: number) {
    return { ...this.place, cpuCores, seconds, onCompile: () => undefined };
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
