import type { WorkerSpec } from '../../lib/plan';

export const MIB = 2 ** 20;

/** Bound by CPU and memory: thumbnails of photos. */
export const develop = {
  name: 'develop',
  task: {
    cpuSeconds: 0.04,
    durationSeconds: { mean: 0.09, max: 20 },
    memoryBytes: { base: 24 * MIB, perTask: 60 * MIB },
  },
  concurrency: 16,
  scale: { min: 3, max: 40, drainWithinSeconds: 60 },
  source: { delivery: 'pull', roundTripSeconds: 0.002 },
} as const satisfies WorkerSpec;

/** Bound by waiting: pages of a site, far more slots than cores. */
export const crawl = {
  name: 'crawl',
  task: {
    cpuSeconds: 0.002,
    durationSeconds: { mean: 0.2, max: 10 },
    memoryBytes: { base: 20 * MIB, perTask: MIB },
  },
  concurrency: 64,
  scale: { min: 1, max: 10, drainWithinSeconds: 60 },
  source: { delivery: 'push', roundTripSeconds: 0.01 },
} as const satisfies WorkerSpec;
