import { type PodTask, queueWait, Random, simulatePod } from '../../lib/plan';
import { median } from '../page';
import { poissonTimes } from './arrivals';
import type { Costs } from './calibrate';
import { type Case, LOAD, PERIOD_SECONDS } from './cases';

/** What a case is compared in: tasks/s, bytes and seconds. */
export interface Numbers {
  readonly throughput: number;
  readonly memory: number;
  readonly waitP99: number;
  readonly start: number;
  readonly drain: number;
}

/** Slots, and the cores that they share. */
type Pool = Pick<Case, 'slots' | 'cores'>;

/** A run of a case, as far as a simulation plays it. */
export interface Played {
  /** Tasks that were done with full slots. */
  readonly fullTasks: number;
  /** Times in seconds at which tasks were to come while waits were measured. */
  readonly times: readonly number[];
}

/** Tasks of a simulation in the long run, and of one that is stopped to see it drain. */
const LONG_RUN = 50_000;
const DRAINS = 401;

const LAST = 0.99;

/** Seconds of a task without CPU, and CPU seconds of it in a pool of so many slots that is short of CPU. */
export function shares(costs: Costs, slots: number): { readonly waiting: number; readonly cpu: number } {
  const waiting = Math.max(0, meanOf(costs.taskSeconds) - costs.fit.cpuSeconds.value);
  return { waiting, cpu: cpuIn(costs.busyCpu, slots) };
}

/** On the straight line between two pools that were measured; beyond them as in the nearest. */
function cpuIn(measured: Costs['busyCpu'], slots: number): number {
  const below = measured.filter((it) => it.slots <= slots).at(-1) ?? measured[0];
  const above = measured.find((it) => it.slots >= slots) ?? measured.at(-1);
  if (below === undefined || above === undefined) throw new RangeError('no pool was measured');
  if (above.slots <= below.slots) return below.seconds;
  const part = (slots - below.slots) / (above.slots - below.slots);
  return below.seconds + part * (above.seconds - below.seconds);
}

/** Tasks/s that get done while so many run, by the bottleneck law: what they allow, or the CPU. */
export function completionRate(costs: Costs, { slots, cores }: Pool): (running: number) => number {
  const { waiting, cpu } = shares(costs, slots);
  return (running) => Math.min(running / (waiting + cpu), cores / cpu);
}

/** Tasks/s that are to come while waits are measured. */
export function loadedRate(costs: Costs, of: Case): number {
  return LOAD * completionRate(costs, of)(of.slots);
}

/** By formulas: bottleneck law, M/G/c with the CPU shared, the rest of tasks, and the quota of a start. */
export function theory(costs: Costs, of: Case): Numbers {
  const { slots, cores } = of;
  const { fit } = costs;
  const rate = completionRate(costs, of);
  const variation = variationOf(costs.taskSeconds);
  const wait = queueWait({
    servers: slots,
    arrivalRate: loadedRate(costs, of),
    meanSeconds: slots / rate(slots),
    serviceVariation: variation,
    completionRate: rate,
  });
  return {
    throughput: rate(slots),
    memory: fit.baseBytes.value + slots * fit.perTaskBytes.value,
    waitP99: wait.quantileSeconds(LAST),
    start: startUnder(cores, costs.startSeconds, costs.startCpuSeconds),
    drain: drainOf(costs, of, variation),
  };
}

/**
 * Seconds of a start under a CPU limit: whenever the quota of a period is used up, it stands still until the next one.
 *
 * @param seconds of a start that is not stopped
 * @param cpuSeconds that it takes
 */
export function startUnder(cores: number, seconds: number, cpuSeconds: number): number {
  const quota = cores * PERIOD_SECONDS;
  const stops = Math.max(0, Math.ceil(cpuSeconds / quota - 1e-9) - 1);
  const rest = Math.max(0, seconds - cpuSeconds);
  return stops === 0 ? seconds : rest + stops * PERIOD_SECONDS + (cpuSeconds - stops * quota);
}

/**
 * Median time until the tasks that run at a random moment have ended: the longest of their rests, taken as exponential with the
 * mean (1 + cs²) ÷ 2 times that of a task, or all the CPU that they still need, whichever takes longer. Half of the maxima of
 * c such rests are below −ln(1 − 0.5^(1 ÷ c)) means, half of the sums below about c − 1/3 means.
 */
function drainOf(costs: Costs, { slots, cores }: Case, variation: number): number {
  const { waiting, cpu } = shares(costs, slots);
  const rest = (1 + variation) / 2;
  const longest = -Math.log(1 - 0.5 ** (1 / slots));
  return rest * Math.max(longest * (waiting + cpu), ((slots - 1 / 3) * cpu) / cores);
}

/** By the event simulation: the very tasks that came, at the same times. */
export function simulation(costs: Costs, of: Case, { fullTasks, times }: Played): Numbers {
  const { slots } = of;
  const full = simulatePod({ ...podOf(of), tasks: tasksAt(costs, of, new Array<number>(fullTasks).fill(0)) });
  const loaded = simulatePod({ ...podOf(of), tasks: tasksAt(costs, of, times) });
  const byTheory = theory(costs, of);
  return {
    throughput: full.tasks / full.seconds,
    memory: costs.fit.baseBytes.value + Math.min(slots, full.mostBusySlots) * costs.fit.perTaskBytes.value,
    waitP99: loaded.waits.quantile(LAST).value,
    start: byTheory.start,
    drain: simulatedDrain(costs, of, byTheory.throughput),
  };
}

/** Wait by the same simulation in the long run, which is what the formula speaks of. */
export function longRunWait(costs: Costs, of: Case): number {
  const random = new Random(1);
  const tasks = poissonTimes(loadedRate(costs, of), LONG_RUN, 2).map((atSeconds) => ({
    ...taskOf(costs, of, random.below(costs.taskSeconds.length)),
    atSeconds,
  }));
  return simulatePod({ ...podOf(of), tasks }).waits.quantile(LAST).value;
}

/** Median time that a pool which always has tasks takes to end, told at times that are evenly spread. */
function simulatedDrain(costs: Costs, of: Case, throughput: number): number {
  const random = new Random(3);
  // Ten times a task: by then it does not matter that all slots began at once.
  const span = (10 * of.slots) / throughput;
  const drains = Array.from({ length: DRAINS }, (_, n) => {
    const stopSeconds = span * (1 + n / DRAINS);
    const many = Math.ceil(3 * span * throughput) + of.slots;
    const tasks = Array.from({ length: many }, () => ({
      ...taskOf(costs, of, random.below(costs.taskSeconds.length)),
      atSeconds: 0,
    }));
    return simulatePod({ ...podOf(of), tasks, stopSeconds }).drainSeconds;
  });
  return median(drains);
}

function podOf({ slots, cores }: Case) {
  // All limits are at most one core, for which GOMAXPROCS is planned as 1.
  return { slots, cpu: { cores, processors: 1 } };
}

function tasksAt(costs: Costs, of: Case, times: readonly number[]): PodTask[] {
  return times.map((atSeconds, index) => ({ ...taskOf(costs, of, index), atSeconds }));
}

/** The task with this number: its CPU is in proportion to its time. */
function taskOf(costs: Costs, { slots }: Case, index: number): Omit<PodTask, 'atSeconds'> {
  const { taskSeconds } = costs;
  const { waiting, cpu } = shares(costs, slots);
  const factor = (taskSeconds[index % taskSeconds.length] ?? 0) / meanOf(taskSeconds);
  return { waitingSeconds: factor * waiting, cpuSeconds: factor * cpu };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, it) => sum + it, 0) / values.length;
}

/** Variance ÷ mean². */
function variationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((it) => (it - mean) ** 2)) / mean ** 2;
}
