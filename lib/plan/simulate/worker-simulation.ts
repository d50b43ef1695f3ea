import type { Load } from '../load/load';
import { momentsOf } from './moments';
import type { SimulationStep, SimulationTotals, WorkerSimulation } from './outcome';
import { type Playable, type PlayedStep, WorkerRun } from './run-worker';
import type { Timing } from './settings';
import { quantileOf, quantileOfAll, type StepWait, shareAbove, waitsOf } from './waits';

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
  const waits = waitsOf(run.steps);
  const steps = run.steps.map((step, index) => stepOf(step, waits[index], profile.slots, lateSeconds));
  return {
    name,
    scaledBy,
    steps,
    totals: totalsOf(steps, waits, lateSeconds, run.flow.refused),
    moments: momentsOf(
      run.steps,
      steps.map(({ lateTasks }) => lateTasks),
      lateSeconds,
      scaler.most,
    ),
  };
}

function stepOf(
  step: PlayedStep,
  wait: StepWait | undefined,
  slots: number,
  lateSeconds: number,
): SimulationStep {
  return {
    atSeconds: step.fromSeconds,
    arrivalsPerSecond: step.rate,
    replicas: step.replicas,
    readyPods: step.readyPods,
    pods: step.pods,
    utilization: step.utilization,
    backlogTasks: step.waiting,
    waitP50Seconds: wait === undefined ? 0 : quantileOf(wait, 0.5),
    waitP99Seconds: wait === undefined ? 0 : quantileOf(wait, 0.99),
    lateTasks: wait === undefined ? 0 : wait.tasks * shareAbove(wait, lateSeconds),
    peakConcurrencyTasks: step.peakPods * slots,
    podHours: step.podSeconds / HOUR,
  };
}

function totalsOf(
  steps: readonly SimulationStep[],
  waits: readonly StepWait[],
  lateSeconds: number,
  refused: number,
): SimulationTotals {
  const highest = (of: (step: SimulationStep) => number) =>
    steps.reduce((most, step) => Math.max(most, of(step)), 0);
  const sum = (of: (step: SimulationStep) => number) => steps.reduce((all, step) => all + of(step), 0);
  return {
    tasks: waits.reduce((all, { tasks }) => all + tasks, 0),
    refusedTasks: refused,
    waitP50Seconds: quantileOfAll(waits, 0.5),
    waitP99Seconds: quantileOfAll(waits, 0.99),
    lateTasks: sum(({ lateTasks }) => lateTasks),
    lateSeconds,
    peakBacklogTasks: highest(({ backlogTasks }) => backlogTasks),
    peakReplicas: highest(({ replicas }) => replicas),
    peakConcurrencyTasks: highest(({ peakConcurrencyTasks }) => peakConcurrencyTasks),
    podHours: sum(({ podHours }) => podHours),
  };
}
