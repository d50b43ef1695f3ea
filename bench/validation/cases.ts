/** One pool size of one job under one CPU limit. */
export interface Case {
  readonly worker: JobName;
  readonly slots: number;
  readonly cores: number;
}

/** The jobs of Darkroom that are validated: one bound by CPU, one by waiting. */
export type JobName = 'develop' | 'crawl';

const POOLS = { develop: [1, 2, 4], crawl: [4, 8, 16] } as const;

/** The smaller one is used up by most pools, the larger one by those of develop. */
const CORES = { develop: [0.6, 0.9], crawl: [0.05, 0.5] } as const;

export const JOBS = ['develop', 'crawl'] as const;

/** Both jobs at three pool sizes and two CPU limits each. */
export const CASES: readonly Case[] = JOBS.flatMap((worker) =>
  CORES[worker].flatMap((cores) => POOLS[worker].map((slots) => ({ worker, slots, cores }))),
);

/** The largest pool of each job. */
export const MOST_SLOTS = 16;

/** Seconds of a run with full slots. */
export const FULL_SECONDS = 5;

/** Seconds of a run at {@link LOAD}, and fewest tasks of it: of fewer than a hundred the 99th percentile is the longest wait. */
export const LOADED_SECONDS = 6;
export const LEAST_TASKS = 100;

/** Share of what a pool gets done that arrives while waits are measured. */
export const LOAD = 0.7;

/** Runs of a case in each round that are told to end while all slots are busy. */
export const DRAINS = 4;

/** Length of a period of the scheduler, which a CPU limit is kept in. */
export const PERIOD_SECONDS = 0.1;

/** Difference up to which a prediction is right. */
export const TOLERANCE = 0.15;

/** Whether a run is one of a case. */
export function isCase(run: Case, of: Case): boolean {
  return run.worker === of.worker && run.slots === of.slots && run.cores === of.cores;
}

/** Whether CPU is what a pool may be short of: then it matters how fast the machine is while it runs. */
export function isShortOfCpu({ worker, cores }: Case): boolean {
  return worker === 'develop' || cores === CORES.crawl[0];
}

/** Tasks that come in the run of a case in which waits are measured. */
export function loadedTasks(rate: number): number {
  return Math.max(LEAST_TASKS, Math.ceil(rate * LOADED_SECONDS));
}

/** Where the random numbers of a run start: other ones in each case and round. */
export function seedOf(of: Case, round: number): number {
  return round * CASES.length + CASES.indexOf(of);
}
