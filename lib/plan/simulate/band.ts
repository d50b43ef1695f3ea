import type { Problem } from '../problem';
import { Random } from '../simulation/random';
import type { SimulationStep } from './outcome';
import type { SimulateSettings } from './settings';
import { type Loads, simulate } from './simulate';
import { draw, type Range, type Uncertainty } from './uncertainty';

/** How a band is made. */
export interface BandOptions {
  /**
   * What is not known exactly.
   * @default phases of Prometheus, autoscaler and KEDA anywhere, pods start in half to twice the time, tasks ±10 %, load ±3 %
   */
  readonly uncertainty?: Uncertainty;
  /**
   * Simulations, each with everything drawn anew.
   * @default 100
   */
  readonly runs?: number;
  /**
   * Where the random numbers start.
   * @default 1
   */
  readonly seed?: number;
}

/** Between what the simulations lie in one step, from its start to its end. */
export interface BandStep {
  /** Start of the step in seconds. */
  readonly atSeconds: number;
  /** Pods that are wanted: `spec.replicas`. */
  readonly replicas: Range;
  /** Pods that take tasks. */
  readonly readyPods: Range;
  /** Tasks that wait. */
  readonly backlogTasks: Range;
}

/** The band of one worker. */
export interface WorkerBand {
  /** Name of the workload. */
  readonly name: string;
  /** One for each step. */
  readonly steps: readonly BandStep[];
}

/** Bands of all workers that were simulated. */
export interface SimulationBand {
  /** Each worker's; none while there are problems. */
  readonly workers: readonly WorkerBand[];
  /** What cannot be simulated, and why; there is no band while there is any. */
  readonly problems: readonly Problem[];
}

const RUNS = 100;

/**
 * Simulates workers along a load again and again, each time with other values of what nobody knows exactly, and tells between
 * what each step lies. What a real cluster does with the same load should lie in there: see `outsideBand`. Never throws, as
 * `simulate`.
 *
 * @param documents manifests as plain data
 */
export function simulateBand(
  documents: readonly unknown[],
  load: Loads,
  settings: SimulateSettings = {},
  { uncertainty = {}, runs = RUNS, seed = 1 }: BandOptions = {},
): SimulationBand {
  const first = simulate(documents, load, settings);
  const problems = [...first.problems, ...rangeProblems(uncertainty), ...countProblems(runs)];
  if (problems.length > 0) return { workers: [], problems };
  const random = new Random(seed);
  const all = [first];
  for (let run = 1; run < runs; run++) {
    const drawn = draw(load, settings, uncertainty, random);
    all.push(simulate(documents, drawn.load, drawn.settings));
  }
  const workers = first.workers.map(({ name, steps }, worker) => {
    const others = all.flatMap(({ workers: found }) => found[worker]?.steps ?? []);
    return { name, steps: bandOf(steps.length, others) };
  });
  return { workers, problems: all.flatMap((it) => it.problems) };
}

/** @param all the steps of all simulations, one simulation after the other */
function bandOf(count: number, all: readonly SimulationStep[]): BandStep[] {
  return Array.from({ length: count }, (_, index) => {
    // What holds at the end of a step also holds at the start of the next one.
    const here = all.filter((_, n) => n % count === index || (index > 0 && n % count === index - 1));
    const range = (pick: (step: SimulationStep) => number): Range => [
      Math.min(...here.map(pick)),
      Math.max(...here.map(pick)),
    ];
    return {
      atSeconds: all[index]?.atSeconds ?? 0,
      replicas: range((step) => step.replicas),
      readyPods: range((step) => step.readyPods),
      backlogTasks: range((step) => step.backlogTasks),
    };
  });
}

function rangeProblems(uncertainty: Uncertainty): Problem[] {
  return Object.entries(uncertainty).flatMap(([name, range]: [string, Range]) => {
    const [low, high] = range;
    if (low >= 0 && low <= high && Number.isFinite(high)) return [];
    return {
      prop: `uncertainty.${name}`,
      wanted: 'must be two numbers of 0 or more, the smaller one first',
      got: `${low} and ${high}`,
      fix: 'Correct it, or leave it out.',
    };
  });
}

function countProblems(runs: number): Problem[] {
  if (Number.isInteger(runs) && runs >= 1) return [];
  const fix = 'Leave it out for 100.';
  return [{ prop: 'runs', wanted: 'must be a whole number of 1 or more', got: String(runs), fix }];
}
