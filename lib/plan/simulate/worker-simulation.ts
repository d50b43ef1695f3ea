import type { Load } from '../load/load';
import { momentsOf } from './moments';
import type { SimulationStep, SimulationTotals, WorkerSimulation } from './outcome';
import type { PlayedSteps } from './played-steps';
import { type Playable, WorkerRun } from './run-worker';
import type { Timing } from './settings';
import { sum, Waits } from './waits';

const HOUR = 3600;

/** A worker that is ready to be played, and how it is called. */
export interface SimulatedWorker extends Playable {
  readonly name: string;
  readonly scaledBy: WorkerSimulation['scaledBy'];
  readonly lateSeconds: number;
}

/** Plays a worker along a load, and says what came of it. */
export function simulateWorker(worker: SimulatedWorker, load: Load, timing: Timing): WorkerSimulation {
  const { name, scaledBy, lateSeconds, profile, scaler } = worker;
  const run = new WorkerRun(worker, load, timing);
  run.play();
  const { steps } = run;
  const waits = new Waits(steps);
  const lateTasks = Float64Array.from({ length: steps.length }, (_, index) =>
    waits.longer(index, lateSeconds),
  );
  const played: Played = { steps, waits, lateTasks, slots: profile.slots };
  let rows: SimulationStep[] | undefined;
  return {
    name,
    scaledBy,
    /** Made when they are asked for: whoever simulates many workers often wants no more than the totals. */
    get steps() {
      rows ??= Array.from({ length: steps.length }, (_, index) => stepOf(played, index));
      return rows;
    },
    totals: totalsOf(played, lateSeconds, run.flow.refused),
    moments: momentsOf({ steps, lateTasks, lateSeconds, most: scaler.most }),
  };
}

interface Played {
  readonly steps: PlayedSteps;
  readonly waits: Waits;
  readonly lateTasks: Float64Array;
  readonly slots: number;
}

function stepOf({ steps, waits, lateTasks, slots }: Played, index: number): SimulationStep {
  return {
    atSeconds: steps.fromSeconds[index] ?? 0,
    arrivalsPerSecond: steps.rate[index] ?? 0,
    replicas: steps.replicas[index] ?? 0,
    readyPods: steps.readyPods[index] ?? 0,
    pods: steps.pods[index] ?? 0,
    utilization: steps.utilization[index] ?? 0,
    backlogTasks: steps.waiting[index] ?? 0,
    waitP50Seconds: waits.quantile(index, 0.5),
    waitP99Seconds: waits.quantile(index, 0.99),
    lateTasks: lateTasks[index] ?? 0,
    peakConcurrencyTasks: (steps.peakPods[index] ?? 0) * slots,
    podHours: (steps.podSeconds[index] ?? 0) / HOUR,
  };
}

function totalsOf(
  { steps, waits, lateTasks, slots }: Played,
  lateSeconds: number,
  refused: number,
): SimulationTotals {
  return {
    tasks: sum(steps.arrived),
    refusedTasks: refused,
    waitP50Seconds: waits.quantileOfAll(0.5),
    waitP99Seconds: waits.quantileOfAll(0.99),
    lateTasks: sum(lateTasks),
    lateSeconds,
    peakBacklogTasks: highest(steps.waiting),
    peakReplicas: highest(steps.replicas),
    peakConcurrencyTasks: highest(steps.peakPods) * slots,
    podHours: sum(steps.podSeconds) / HOUR,
  };
}

function highest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
