import { type PodTask, queueWait, Random, simulatePod } from '../../lib/plan';
import { poissonTimes } from './arrivals';
import { type Case, LOAD, PERIOD_SECONDS } from './cases';
import { type Costs, type Moments, type Shares, shares } from './costs';
import { mean, type Numbers, variationOf } from './numbers';
import { longestRest, sumOfRests } from './rest';

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

/** Utilisation that the formula is asked about at most: a line has no length at 1. */
const MOST_LOAD = 0.99;

/** Tasks/s that get done while so many run, by the bottleneck law: what they allow, or the CPU. */
export function completionRate({ waiting, cpu }: Shares, cores: number): (running: number) => number {
  return (running) => Math.min(running / (waiting + cpu), cores / cpu);
}

/** Tasks/s that a pool gets done when it always has tasks. */
export function throughput(costs: Costs, { slots, cores }: Pool): number {
  return completionRate(shares(costs, slots), cores)(slots);
}

/** Tasks/s that are to come while waits are measured. */
export function loadedRate(costs: Costs, { slots, cores }: Case): number {
  return LOAD * completionRate(shares(costs, slots, true), cores)(slots);
}

/**
 * By formulas: bottleneck law, M/G/c with the CPU shared, the rest of tasks, and the quota of a start.
 *
 * @param rate tasks/s that came while waits were measured
 */
export function theory({ full, loaded, drained }: Moments, of: Case, rate: number): Numbers {
  const { fit, startSeconds, startCpuSeconds } = full;
  return {
    throughput: throughput(full, of),
    memory: fit.baseBytes.value + of.slots * fit.perTaskBytes.value,
    waitP99: formulaWait(loaded, of, rate),
    start: startUnder(of.cores, startSeconds, startCpuSeconds),
    drain: drainOf(drained, of),
  };
}

function formulaWait(costs: Costs, { slots, cores }: Case, rate: number): number {
  const done = completionRate(shares(costs, slots, true), cores);
  const wait = queueWait({
    servers: slots,
    arrivalRate: Math.min(rate, MOST_LOAD * done(slots)),
    meanSeconds: slots / done(slots),
    serviceVariation: variationOf(costs.taskSeconds),
    completionRate: done,
  });
  return wait.quantileSeconds(LAST);
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
 * Seconds from a signal until a worker notices it: with one processor, whoever is to see it waits for half of the turn of the task
 * that computes, and for a turn of each other one. Go lets a task compute for 10 ms before others get their turn (forcePreemptNS).
 */
export function noticeOf(costs: Costs, { slots, cores }: Pool): number {
  const { waiting, cpu } = shares(costs, slots);
  const computing = slots - throughput(costs, { slots, cores }) * waiting;
  return (Math.min(cpu, costs.turnSeconds) * Math.max(0, computing - 0.5)) / cores;
}

/**
 * Mean time until the tasks that run at a random moment have ended: until the signal is noticed, and then the longest of their
 * rests or all the CPU that they still need, whichever takes longer.
 */
function drainOf(costs: Costs, of: Case): number {
  const { slots, cores } = of;
  const { waiting, cpu } = shares(costs, slots);
  const longest = longestRest(costs.taskSeconds, slots) * (waiting + cpu);
  const all = (sumOfRests(costs.taskSeconds, slots) * cpu) / cores;
  return noticeOf(costs, of) + Math.max(longest, all);
}

/** By the event simulation: the very tasks that came, at the same times. */
export function simulation(moments: Moments, of: Case, { fullTasks, times }: Played): Numbers {
  const { fit } = moments.full;
  const full = playFull(moments.full, of, fullTasks);
  return {
    throughput: full.tasks / full.seconds,
    memory: fit.baseBytes.value + Math.min(of.slots, full.mostBusySlots) * fit.perTaskBytes.value,
    waitP99: playedWait(moments.loaded, of, times),
    start: startUnder(of.cores, moments.full.startSeconds, moments.full.startCpuSeconds),
    drain: playedDrain(moments.drained, of),
  };
}

function playFull(costs: Costs, of: Case, tasks: number) {
  const times = new Array<number>(tasks).fill(0);
  return simulatePod({ ...podOf(of), tasks: tasksAt(costs, shares(costs, of.slots), times) });
}

/** Tasks/s of full slots, by the simulation. */
export function playedThroughput(costs: Costs, of: Case, tasks: number): number {
  const full = playFull(costs, of, tasks);
  return full.tasks / full.seconds;
}

/** 99th percentile of the wait of tasks that come at these times, by the simulation. */
export function playedWait(costs: Costs, of: Case, times: readonly number[]): number {
  const tasks = tasksAt(costs, shares(costs, of.slots, true), times);
  return simulatePod({ ...podOf(of), tasks }).waits.quantile(LAST).value;
}

/** Waits in the long run: by the formula, and by the simulation that it speaks of. */
export function longRunWait(
  costs: Costs,
  of: Case,
): { readonly formula: number; readonly simulation: number } {
  const rate = loadedRate(costs, of);
  const tasks = randomTasks(costs, shares(costs, of.slots, true), poissonTimes(rate, LONG_RUN, 2), 1);
  const { waits } = simulatePod({ ...podOf(of), tasks });
  return { formula: formulaWait(costs, of, rate), simulation: waits.quantile(LAST).value };
}

/** Mean time that a pool which always has tasks takes to end, told at times that are evenly spread. */
function playedDrain(costs: Costs, of: Case): number {
  const rate = throughput(costs, of);
  const notice = noticeOf(costs, of);
  // Ten times a task: by then it does not matter that all slots began at once.
  const span = (10 * of.slots) / rate;
  const drains = Array.from({ length: DRAINS }, (_, n) => {
    const stopSeconds = span * (1 + n / DRAINS) + notice;
    const many = Math.ceil(3 * span * rate) + of.slots;
    const tasks = randomTasks(costs, shares(costs, of.slots), new Array<number>(many).fill(0), n);
    return notice + simulatePod({ ...podOf(of), tasks, stopSeconds }).drainSeconds;
  });
  return mean(drains);
}

function podOf({ slots, cores }: Case) {
  // All limits are at most one core, for which GOMAXPROCS is planned as 1.
  return { slots, cpu: { cores, processors: 1 } };
}

function tasksAt(costs: Costs, of: Shares, times: readonly number[]): PodTask[] {
  return times.map((atSeconds, index) => ({ ...taskOf(costs, of, index), atSeconds }));
}

function randomTasks(costs: Costs, of: Shares, times: readonly number[], seed: number): PodTask[] {
  const random = new Random(seed);
  return times.map((atSeconds) => ({
    ...taskOf(costs, of, random.below(costs.taskSeconds.length)),
    atSeconds,
  }));
}

/** The task with this number: its CPU is in proportion to its time. */
function taskOf({ taskSeconds }: Costs, { waiting, cpu }: Shares, index: number): Omit<PodTask, 'atSeconds'> {
  const factor = (taskSeconds[index % taskSeconds.length] ?? 0) / mean(taskSeconds);
  return { waitingSeconds: factor * waiting, cpuSeconds: factor * cpu };
}
