import type { BudgetCalls } from './spec';
import type { Work } from './work';

/** A number that the user may give and that otherwise has a default. */
export interface Setting {
  readonly value: number;
  /** Whether the user gave it. */
  readonly given: boolean;
}

/** What the process keeps, and what each running task or request adds. */
export interface BaseAndEach {
  readonly base: number;
  readonly each: number;
}

/** A queue in a pod's own memory. */
export interface HeldTasks {
  /** Tasks, waiting and in flight; `undefined` when derived. */
  readonly capacity: number | undefined;
  /** Largest payload of a task, its id included. */
  readonly payloadBytes: number;
}

/** A downstream budget with its defaults filled in. */
export interface SettledBudget {
  readonly name: string;
  readonly limit: number;
  readonly perTask: number;
  readonly perPod: number;
  readonly calls: BudgetCalls;
}

/**
 * What the specs of all workloads say about one pod, with every number legal on its own and every independent default
 * filled in. What is `undefined` is derived later from other numbers.
 */
export interface SettledPod {
  /** What the pods do. */
  readonly work: Work;
  readonly cpuSeconds: number;
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  readonly memory: BaseAndEach;
  readonly scratch: BaseAndEach;
  readonly concurrency: number | undefined;
  readonly cpuRequest: number | undefined;
  readonly cpuLimit: number | 'none' | undefined;
  readonly memoryRequest: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly lameDuckSeconds: Setting;
  readonly flushSeconds: Setting;
  readonly graceSeconds: number | undefined;
  /** Most tasks per second of one pod; `undefined`: no bound of its own. */
  readonly ratePerPod?: number | undefined;
  readonly downstream: readonly SettledBudget[];
}

/** What the specs of workloads say that an autoscaler scales. */
export interface SettledSpec extends SettledPod {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetUtilization: Setting;
  readonly maxSurge: number | undefined;
  readonly maxUnavailable: number;
  readonly minReadySeconds: Setting;
}

/** A pod that runs tasks. */
export interface SettledTaskPod extends SettledPod {
  readonly roundTripSeconds: number;
  readonly delivery: 'pull' | 'push';
  /** The queue in a pod's memory; `undefined` when tasks wait elsewhere. */
  readonly held: HeldTasks | undefined;
}

/** A `WorkerSpec`, settled. */
export interface SettledWorker extends SettledSpec, SettledTaskPod {
  readonly scaler: 'hpa' | 'keda';
  readonly drainWithinSeconds: number;
  /** Longest wait of 99 of 100 tasks; `undefined`: the target utilisation is not derived from one. */
  readonly waitSeconds?: number | undefined;
}

/** How a reason names where a setting comes from: `given as scale.targetUtilization` or `the default`. */
export function provenance(setting: Setting, prop: string): string {
  return setting.given ? `given as ${prop}` : 'the default';
}
