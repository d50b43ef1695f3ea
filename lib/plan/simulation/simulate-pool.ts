import { expectedTasks } from '../load/load';
import { type Arrivals, arrivalTimes } from './arrivals';
import { durations, type TaskDuration } from './duration';
import { PoolRun, type PoolSettings } from './pool-run';
import { Random } from './random';
import { WaitStatistics } from './statistics';

/** Pods, what arrives, and how long it takes. */
export interface PoolScenario {
  /** When tasks arrive. */
  readonly arrivals: Arrivals;
  /** How long tasks take in a slot. */
  readonly duration: TaskDuration;
  /** Pods at the start, 0 or more. */
  readonly pods: number;
  /** Tasks that run at the same time in one pod. */
  readonly slotsPerPod: number;
  /**
   * Tasks that a pod fetches beyond its free slots.
   * @default 0
   */
  readonly prefetch?: number;
  /**
   * Seconds from asking the queue for tasks to having them.
   * @default 0
   */
  readonly roundTripSeconds?: number;
  /**
   * `shared`: all pods take from one queue. `each`: every pod has a queue of its own, and tasks go to one at random.
   * @default 'shared'
   */
  readonly lines?: 'shared' | 'each';
  /**
   * When the number of pods changes, in ascending order; the latest pods go first, and finish what runs in them.
   * @default it does not
   */
  readonly changes?: readonly PodChange[];
  /**
   * Seconds after which a pod that goes is killed; what it still has is then run elsewhere, from the start.
   * @default pods are not killed
   */
  readonly graceSeconds?: number;
  /**
   * Tasks that arrive in all.
   * @default 100,000; all those of a trace or a load
   */
  readonly tasks?: number;
  /**
   * The first so many tasks are not counted: the run starts empty.
   * @default a tenth of the tasks; none of a trace or a load
   */
  readonly warmUp?: number;
  /**
   * Where the random numbers start.
   * @default 1
   */
  readonly seed?: number;
}

/** A number of pods from a time on. */
export interface PodChange {
  /** Seconds since the start. */
  readonly atSeconds: number;
  /** Pods from then on, 0 or more. */
  readonly pods: number;
}

/** What a simulation of pods found. */
export interface PoolOutcome {
  /** Tasks that were counted. */
  readonly tasks: number;
  /** Seconds until the last task had ended. */
  readonly seconds: number;
  /** Waits from arrival to the start in a slot, of all tasks that were counted. */
  readonly waits: WaitStatistics;
  /** Busy slots ÷ slots of pods that take tasks, on average. */
  readonly utilization: number;
  /** Tasks that waited, on average: in the queue, on the way or fetched ahead. */
  readonly meanBacklog: number;
  /** Most slots that were busy at the same time. */
  readonly mostBusySlots: number;
  /** Tasks that pods gave back when they ended. */
  readonly handedBack: number;
  /** Tasks that were running when a grace period was over. */
  readonly killed: number;
  /** Tasks that found no pod until the end. */
  readonly unfinished: number;
}

const DEFAULT_TASKS = 100_000;

/**
 * Simulates pool, queue and prefetch event by event; the same scenario and seed give the same outcome.
 *
 * @throws RangeError when the number of tasks is not a whole one of 1 or more
 */
export function simulatePool(scenario: PoolScenario): PoolOutcome {
  const random = new Random(scenario.seed ?? 1);
  const tasks = taskCount(scenario);
  const run = new PoolRun(settings(scenario, random), tasks);
  const arrived = play(scenario, run, tasks, random);
  const waits = run.waits.subarray(Math.min(arrived, warmUpOf(scenario, tasks)), arrived);
  const { areas, done } = run;
  return {
    tasks: waits.length,
    seconds: run.lastEnd,
    waits: new WaitStatistics(waits),
    utilization: areas.slots === 0 ? 0 : areas.busy / areas.slots,
    meanBacklog: areas.seconds === 0 ? 0 : areas.waiting / areas.seconds,
    mostBusySlots: run.busiest,
    handedBack: run.handedBack,
    killed: run.killed,
    unfinished: arrived - done,
  };
}

function settings(scenario: PoolScenario, random: Random): PoolSettings {
  return {
    slotsPerPod: scenario.slotsPerPod,
    prefetch: scenario.prefetch ?? 0,
    halfTripSeconds: (scenario.roundTripSeconds ?? 0) / 2,
    lines: scenario.lines ?? 'shared',
    graceSeconds: scenario.graceSeconds ?? Number.POSITIVE_INFINITY,
    duration: durations(scenario.duration, random),
    random,
  };
}

/** @returns tasks that arrived */
function play(scenario: PoolScenario, run: PoolRun, tasks: number, random: Random): number {
  const nextArrival = arrivalTimes(scenario.arrivals, random);
  const changes = scenario.changes ?? [];
  const warmUp = warmUpOf(scenario, tasks);
  const never = Number.POSITIVE_INFINITY;
  let changed = 0;
  let arrived = 0;
  let arrival = nextArrival();
  run.setPods(0, scenario.pods);
  for (;;) {
    const change = changes[changed]?.atSeconds ?? never;
    const inside = run.next();
    if (inside <= arrival && inside <= change) {
      if (inside === never) return arrived;
      run.step();
    } else if (change <= arrival) {
      run.setPods(change, changes[changed++]?.pods ?? 0);
    } else {
      if (arrived === warmUp) run.measure(true);
      run.arrive(arrival);
      arrival = ++arrived < tasks ? nextArrival() : never;
      if (arrival === never) run.measure(false);
    }
  }
}

function taskCount({ arrivals, tasks }: PoolScenario): number {
  const all = tasks ?? allTasks(arrivals);
  if (!Number.isInteger(all) || all < 1) throw new RangeError(`tasks must be 1 or more, got ${all}`);
  return all;
}

function allTasks(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'trace':
      return arrivals.seconds.length;
    case 'load': {
      // Beyond the mean by ten standard deviations of a Poisson number.
      const mean = expectedTasks(arrivals.load);
      return Math.ceil(mean + 10 * Math.sqrt(mean) + 10);
    }
    default:
      return DEFAULT_TASKS;
  }
}

function warmUpOf({ arrivals, warmUp }: PoolScenario, tasks: number): number {
  const isGiven = arrivals.kind === 'trace' || arrivals.kind === 'load';
  return warmUp ?? (isGiven ? 0 : Math.floor(tasks / 10));
}
