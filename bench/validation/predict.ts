import { queueWait, Random, simulatePool, type TaskFit } from '../../lib/plan';
import { median } from '../page';
import { type Case, LOAD } from './cases';

/** What a case is compared in: tasks/s, bytes and seconds. */
export interface Numbers {
  readonly throughput: number;
  readonly memory: number;
  readonly waitP99: number;
  readonly start: number;
  readonly drain: number;
}

/** What the loaded run was like, as far as predictions need it. */
export interface Arrived {
  /** Tasks that came. */
  readonly tasks: number;
  /** Variance ÷ mean² of their times. */
  readonly variation: number;
}

/** Length of a CFS period: a start that takes less CPU than the quota of one is not stopped. */
const PERIOD_SECONDS = 0.1;
const REPLICATIONS = 101;

/** Tasks/s that a full pool gets done: what its slots allow, or its CPU. */
export function fullThroughput(fit: TaskFit, { slots, cores }: Case): number {
  return Math.min(slots / fit.durationSeconds.value, cores / fit.cpuSeconds.value);
}

/** By formulas: bottleneck law, M/G/c by Allen and Cunneen, and the residual life of tasks. */
export function theory(fit: TaskFit, of: Case, { variation }: Arrived): Numbers {
  const { slots, cores } = of;
  const throughput = fullThroughput(fit, of);
  const meanSeconds = slots / throughput;
  const line = { servers: slots, arrivalRate: LOAD * throughput, meanSeconds, serviceVariation: variation };
  const residual = (meanSeconds * (1 + variation)) / 2;
  const harmonic = Array.from({ length: slots }, (_, n) => 1 / (n + 1)).reduce((sum, it) => sum + it, 0);
  const { startCpuSeconds: cpu, startSeconds } = fit;
  const stopped = cpu > cores * PERIOD_SECONDS ? cpu / cores - cpu : 0;
  return {
    throughput,
    memory: fit.baseBytes.value + slots * fit.perTaskBytes.value,
    waitP99: queueWait(line).quantileSeconds(0.99),
    start: startSeconds.value + stopped,
    drain: residual * harmonic,
  };
}

/** By the event simulation: as many tasks as came, again and again, medians. */
export function simulation(fit: TaskFit, of: Case, arrived: Arrived): Numbers {
  const { slots } = of;
  const byTheory = theory(fit, of, arrived);
  const meanSeconds = slots / byTheory.throughput;
  const sigma = Math.sqrt(Math.log1p(arrived.variation));
  // One lognormal duration in a million reaches it: see `lognormalSigma`.
  const maxSeconds = meanSeconds * Math.exp(4.753 * sigma - sigma ** 2 / 2);
  const duration = { kind: 'lognormal', meanSeconds, maxSeconds } as const;
  const pool = { duration, pods: 1, slotsPerPod: slots, warmUp: 0 };
  const rate = LOAD * byTheory.throughput;
  const waits = Array.from({ length: REPLICATIONS }, (_, seed) => {
    const run = simulatePool({
      ...pool,
      arrivals: { kind: 'poisson', rate },
      tasks: arrived.tasks,
      seed: seed + 1,
    });
    return run.waits.quantile(0.99).value;
  });
  const full = simulatePool({ ...pool, arrivals: { kind: 'trace', seconds: new Array(5000).fill(0) } });
  return {
    throughput: full.tasks / full.seconds,
    memory: fit.baseBytes.value + full.mostBusySlots * fit.perTaskBytes.value,
    waitP99: median(waits),
    start: byTheory.start,
    drain: simulatedDrain(slots, meanSeconds, sigma),
  };
}

/** How long the longest of the tasks that run at a random time still runs: median of many times. */
function simulatedDrain(slots: number, meanSeconds: number, sigma: number): number {
  const random = new Random(7);
  const draw = () => meanSeconds * Math.exp(sigma * random.normal() - sigma ** 2 / 2);
  const ends = Array.from({ length: slots }, draw);
  const drains = Array.from({ length: 2000 }, (_, n) => {
    const now = (n + 10) * 7.3 * meanSeconds;
    const left = ends.map((end, slot) => {
      let next = end;
      while (next < now) next += draw();
      ends[slot] = next;
      return next - now;
    });
    return Math.max(...left);
  });
  return median(drains);
}
