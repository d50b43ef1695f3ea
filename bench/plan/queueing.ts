import { simulatePool } from '../../lib/plan';
import type { PlannerTask } from './task';

const TASKS = 1_000_000;

/** Pool, queue and prefetch, event by event. */
export const QUEUEING_TASKS: readonly PlannerTask[] = [
  {
    name: 'pool-million',
    what: 'event simulation: a million tasks, 3 pods × 16 slots at 0.9, lognormal durations, 1 ms round trip, 2 fetched ahead',
    limitSeconds: 2,
    run: () => {
      const outcome = simulatePool({
        arrivals: { kind: 'poisson', rate: (0.9 * 48) / 0.09 },
        duration: { kind: 'lognormal', meanSeconds: 0.09, maxSeconds: 20 },
        pods: 3,
        slotsPerPod: 16,
        prefetch: 2,
        roundTripSeconds: 0.001,
        tasks: TASKS,
      });
      if (outcome.unfinished > 0) throw new Error('tasks are missing');
    },
  },
];
