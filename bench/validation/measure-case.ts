import { measureOnce, type RunSetup } from '../../lib/measure/one-run';
import { type MeasuredRun, Random } from '../../lib/plan';
import { poissonTimes } from './arrivals';
import { type Case, DRAINS, FULL_SECONDS, loadedTasks } from './cases';
import type { ReadyJob } from './jobs';
import { mean, type Numbers, quantile } from './numbers';
import { runPushed } from './pushed-run';

/** A run that was told to end while all slots were busy. */
export interface Drain {
  /** From the signal to the end of the last task. */
  readonly seconds: number;
  /** Of it, until the worker noticed the signal. */
  readonly noticeSeconds: number;
}

/** What a round found of a case. */
export interface FoundCase {
  readonly numbers: Numbers;
  /** CPU seconds of a task of the reference before, between and after the three parts; empty where CPU does not matter. */
  readonly cpuNow: readonly number[];
  /** The run with full slots. */
  readonly full: Pick<MeasuredRun, 'tasks' | 'wallSeconds' | 'cpuSeconds' | 'taskSeconds' | 'throttledShare'>;
  /** Tasks/s that came while waits were measured. */
  readonly rate: number;
  /** That run: its tasks, their mean time in the handler, and the CPU of all. */
  readonly loaded: { readonly tasks: number; readonly taskSeconds: number; readonly cpuSeconds: number };
  readonly starts: readonly number[];
  readonly drains: readonly Drain[];
}

/** What a case is run with. */
export interface CasePlan {
  /** Tasks/s that are expected of full slots. */
  readonly expected: number;
  /** Where random numbers start. */
  readonly seed: number;
  /** CPU seconds of a task of the reference now; `undefined` where CPU does not matter. */
  readonly cpuNow: (() => Promise<number>) | undefined;
  /** The same, if it was measured just before. */
  readonly cpuBefore: number | undefined;
  /** Tasks/s that are to come while waits are measured, at such a time. */
  loadedRate(cpuNow: number | undefined): number;
}

/** Least seconds after which a run is told to end, to see it drain: its slots are full by then. */
const LEAST_STOP = 0.8;

/** Tasks of each slot after which it does not matter any more that all slots began at once. */
const MIXED = 2;

/**
 * Runs a case: with full slots, with tasks that come at given times, and told to end while all slots are busy.
 */
export async function measureCase(
  job: ReadyJob,
  of: Case,
  plan: CasePlan,
  place: Pick<RunSetup, 'folder' | 'scratch'>,
): Promise<FoundCase> {
  const { slots, cores } = of;
  const run = async (wanted: number, seconds: number) => {
    const setup = { ...place, ...job.full(wanted), cpuCores: cores, seconds, onCompile: () => undefined };
    return (await measureOnce(setup, setup.tasks, slots)).run;
  };
  const cpuNow = plan.cpuBefore === undefined ? [] : [plan.cpuBefore];
  const look = async () => {
    if (plan.cpuNow !== undefined) cpuNow.push(await plan.cpuNow());
    return cpuNow.at(-1);
  };
  if (cpuNow.length === 0) await look();
  // A run over photos ends by itself, after whole rounds over them; the crawl is told to.
  const most = job.name === 'develop' ? 10 * FULL_SECONDS : FULL_SECONDS;
  const full = await run(plan.expected * FULL_SECONDS, most);
  const rate = plan.loadedRate(await look());
  const times = poissonTimes(rate, loadedTasks(rate), plan.seed);
  const loaded = await runPushed({ ...place, ...job.pushed, slots, cores }, times);
  await look();
  const ended: MeasuredRun[] = [];
  for (const seconds of stopTimes(job.lap, of, plan)) {
    ended.push(await run(2 * seconds * plan.expected + 4 * slots, seconds));
  }
  await look();
  const starts = [full, ...ended].map((it) => it.startSeconds);
  const drains = ended.flatMap(({ drainSeconds, noticeSeconds = 0 }) =>
    drainSeconds === undefined ? [] : [{ seconds: drainSeconds, noticeSeconds }],
  );
  const { tasks, wallSeconds, cpuSeconds, taskSeconds, throttledShare } = full;
  const waits = loaded.tasks.map(({ waitSeconds }) => waitSeconds);
  return {
    numbers: {
      throughput: tasks / wallSeconds,
      memory: full.memoryBytes,
      waitP99: quantile(waits, 0.99),
      start: mean(starts),
      drain: mean(drains.map(({ seconds }) => seconds)),
    },
    cpuNow,
    full: {
      tasks,
      wallSeconds,
      cpuSeconds,
      taskSeconds,
      ...(throttledShare !== undefined && { throttledShare }),
    },
    rate,
    loaded: {
      tasks: waits.length,
      taskSeconds: loaded.tasks.reduce((sum, it) => sum + it.seconds, 0) / waits.length,
      cpuSeconds: loaded.cpuSeconds,
    },
    starts,
    drains,
  };
}

/**
 * Seconds after which the runs are told to end: evenly spread over a lap of the tasks, so that none of them is met more often than
 * it would be at a random moment; shifted by chance in each round.
 */
export function stopTimes(lap: number, { slots }: Case, plan: Pick<CasePlan, 'expected' | 'seed'>): number[] {
  const least = Math.max(LEAST_STOP, (MIXED * slots) / plan.expected);
  const shift = new Random(plan.seed).uniform();
  return Array.from(
    { length: DRAINS },
    (_, count) => least + ((count + shift) / DRAINS) * (lap / plan.expected),
  );
}
