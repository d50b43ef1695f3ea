import { measureOnce, type RunSetup } from '../../lib/measure/one-run';
import type { MeasuredRun } from '../../lib/plan';
import { Random } from '../../lib/plan';
import { median } from '../page';
import { type Case, DRAINS, FULL_SECONDS } from './cases';
import type { ReadyJob } from './jobs';
import type { Numbers } from './predict';
import { runPushed } from './pushed-run';

/** What a round found of a case. */
export interface FoundCase {
  readonly numbers: Numbers;
  /** The run with full slots. */
  readonly full: Pick<MeasuredRun, 'tasks' | 'wallSeconds' | 'cpuSeconds' | 'taskSeconds' | 'throttledShare'>;
  /** Tasks that waits are from, and their mean time in the handler. */
  readonly loaded: { readonly tasks: number; readonly taskSeconds: number };
  readonly starts: readonly number[];
  readonly drains: readonly number[];
}

/** Least and most seconds after which a run is told to end, to see it drain: its slots are full by then. */
const STOP = { least: 1, most: 1.6 };

/**
 * Runs a case: with full slots, with tasks that come at given times, and told to end while all slots are busy.
 *
 * @param plan times in seconds, tasks/s that are expected of full slots, and where random numbers start
 */
export async function measureCase(
  job: ReadyJob,
  of: Case,
  plan: { readonly times: readonly number[]; readonly expected: number; readonly seed: number },
  place: Pick<RunSetup, 'folder' | 'scratch'>,
): Promise<FoundCase> {
  const { slots, cores } = of;
  const run = async (wanted: number, seconds: number) => {
    const setup = { ...place, ...job.full(wanted), cpuCores: cores, seconds, onCompile: () => undefined };
    return (await measureOnce(setup, setup.tasks, slots)).run;
  };
  // A run over photos ends by itself, after whole rounds over them; the crawl is told to.
  const full = await run(
    plan.expected * FULL_SECONDS,
    job.name === 'develop' ? 10 * FULL_SECONDS : FULL_SECONDS,
  );
  const loaded = await runPushed({ ...place, ...job.pushed, slots, cores }, plan.times);
  const random = new Random(plan.seed);
  const ended: MeasuredRun[] = [];
  for (let count = 0; count < DRAINS[job.name]; count++) {
    const seconds = STOP.least + (STOP.most - STOP.least) * random.uniform();
    ended.push(await run(2 * STOP.most * plan.expected + 4 * slots, seconds));
  }
  const starts = [full, ...ended].map((it) => it.startSeconds);
  const drains = [full, ...ended].flatMap(({ drainSeconds }) => drainSeconds ?? []);
  const { tasks, wallSeconds, cpuSeconds, taskSeconds, throttledShare } = full;
  return {
    numbers: {
      throughput: tasks / wallSeconds,
      memory: full.memoryBytes,
      waitP99: quantile(
        loaded.map(({ waitSeconds }) => waitSeconds),
        0.99,
      ),
      start: median(starts),
      drain: median(drains),
    },
    full: {
      tasks,
      wallSeconds,
      cpuSeconds,
      taskSeconds,
      ...(throttledShare !== undefined && { throttledShare }),
    },
    loaded: {
      tasks: loaded.length,
      taskSeconds: loaded.reduce((sum, it) => sum + it.seconds, 0) / loaded.length,
    },
    starts,
    drains,
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
