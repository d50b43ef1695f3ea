/** One pool size of one job under one CPU limit. */
export interface Case {
  readonly worker: 'develop' | 'crawl';
  readonly slots: number;
  readonly cores: number;
}

const POOLS = { develop: [1, 2, 4], crawl: [4, 8, 16] } as const;

/** The smaller one is used up by most pools, the larger one by few. */
const CORES = { develop: [0.5, 1], crawl: [0.05, 0.5] } as const;

/** Both jobs at three pool sizes and two CPU limits each. */
export const CASES: readonly Case[] = (['develop', 'crawl'] as const).flatMap((worker) =>
  CORES[worker].flatMap((cores) => POOLS[worker].map((slots) => ({ worker, slots, cores }))),
);

/** The largest pool of each job. */
export const MOST_SLOTS = 16;

/** Seconds of a run with full slots, and of one at {@link LOAD}. */
export const FULL_SECONDS = 8;
export const LOADED_SECONDS = 12;

/** Share of what a pool gets done that arrives while waits are measured. */
export const LOAD = 0.7;

/** Difference up to which a prediction is right. */
export const TOLERANCE = 0.15;
