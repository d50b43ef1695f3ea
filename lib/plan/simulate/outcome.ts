import type { Problem } from '../problem';

/** What `simulate` found. */
export interface Simulation {
  /** Each worker that was simulated. */
  readonly workers: readonly WorkerSimulation[];
  /** What cannot be simulated, and why; no worker is simulated while there is any. */
  readonly problems: readonly Problem[];
}

/** One step of a worker, 15 s unless the settings say otherwise. Counts are those at its end, rates and waits those of tasks that arrive in it. */
export interface SimulationStep {
  /** Start of the step in seconds. */
  readonly atSeconds: number;
  /** Tasks that arrive, in tasks/s. */
  readonly arrivalsPerSecond: number;
  /** Pods that are wanted: `spec.replicas`. */
  readonly replicas: number;
  /** Pods that take tasks. */
  readonly readyPods: number;
  /** All pods, starting and terminating ones included. */
  readonly pods: number;
  /** Busy slots ÷ slots of pods that take tasks. */
  readonly utilization: number;
  /** Tasks that wait. */
  readonly backlogTasks: number;
  /** Wait for a slot in seconds that half of the tasks do not exceed; infinite when no pod comes any more. */
  readonly waitP50Seconds: number;
  /** The same for 99 of 100 tasks. */
  readonly waitP99Seconds: number;
  /** Tasks that wait longer than allowed. */
  readonly lateTasks: number;
  /** Tasks that may run at the same time: slots of all pods that take tasks or finish them, the most within the step. */
  readonly peakConcurrencyTasks: number;
  /** Time that pods spent in it, all of them together, in pod hours. */
  readonly podHours: number;
}

/** All steps of a worker in one number each. */
export interface SimulationTotals {
  /** Tasks that arrived. */
  readonly tasks: number;
  /** Tasks that full queues in the pods turned away. */
  readonly refusedTasks: number;
  /** Wait for a slot in seconds that half of all tasks did not exceed; infinite when they never got one. */
  readonly waitP50Seconds: number;
  /** The same for 99 of 100 tasks. */
  readonly waitP99Seconds: number;
  /** Tasks that waited longer than `lateSeconds`. */
  readonly lateTasks: number;
  /** A task that waits longer is late. */
  readonly lateSeconds: number;
  /** Most tasks that waited at the end of a step. */
  readonly peakBacklogTasks: number;
  /** Most pods that were wanted. */
  readonly peakReplicas: number;
  /** Most tasks that could run at the same time: what downstream has to take. */
  readonly peakConcurrencyTasks: number;
  /** Time of all pods together, in hours. */
  readonly podHours: number;
}

/** What goes wrong in a stretch of time. */
export type MomentKind =
  /** The backlog grew, and the autoscaler added no pod although it could have had more. */
  | 'held-back'
  /** The backlog grew with the most pods that the autoscaler may have. */
  | 'at-max'
  /** The backlog grew while pods were added, or were not ready yet. */
  | 'starting'
  /** Pods had no node. */
  | 'no-node'
  /** A quota kept pods from being created. */
  | 'quota'
  /** Tasks waited longer than allowed. */
  | 'late'
  /** Tasks waited, and there was no pod. */
  | 'no-pod';

/** A stretch of time in which something went wrong. */
export interface Moment {
  /** What went wrong. */
  readonly kind: MomentKind;
  /** Its start in seconds. */
  readonly fromSeconds: number;
  /** Its end in seconds. */
  readonly toSeconds: number;
  /** What happened and why, in one sentence. */
  readonly text: string;
}

/** One worker along a load. */
export interface WorkerSimulation {
  /** Name of the workload. */
  readonly name: string;
  /** What decided about its pods. */
  readonly scaledBy: 'HorizontalPodAutoscaler' | 'ScaledObject' | 'CronJob';
  /** One after the other, without a gap. */
  readonly steps: readonly SimulationStep[];
  /** All of them in one number each. */
  readonly totals: SimulationTotals;
  /** What went wrong, in the order of time. */
  readonly moments: readonly Moment[];
}

/** Units of the numbers of a {@link SimulationStep}, for tables. */
export const STEP_UNITS: Readonly<Record<keyof SimulationStep, string>> = {
  atSeconds: 's',
  arrivalsPerSecond: 'tasks/s',
  replicas: 'pods',
  readyPods: 'pods',
  pods: 'pods',
  utilization: 'busy slots/slots',
  backlogTasks: 'tasks',
  waitP50Seconds: 's',
  waitP99Seconds: 's',
  lateTasks: 'tasks',
  peakConcurrencyTasks: 'tasks',
  podHours: 'pod hours',
};
