/** A number that the user may give and that otherwise has a default. */
export interface Setting {
  readonly value: number;
  /** Whether the user gave it. */
  readonly given: boolean;
}

/** What the process keeps, and what each running task adds. */
interface BaseAndPerTask {
  readonly base: number;
  readonly perTask: number;
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
}

/**
 * A `WorkerSpec` in which every number is legal on its own and every independent default is filled in. What is
 * `undefined` is derived later from other numbers.
 */
export interface SettledSpec {
  readonly cpuSeconds: number;
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  readonly memory: BaseAndPerTask;
  readonly scratch: BaseAndPerTask;
  readonly concurrency: number | undefined;
  readonly cpuRequest: number | undefined;
  readonly cpuLimit: number | 'none' | undefined;
  readonly memoryRequest: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly drainWithinSeconds: number;
  readonly targetUtilization: Setting;
  readonly roundTripSeconds: number;
  readonly delivery: 'pull' | 'push';
  /** The queue in a pod's memory; `undefined` when tasks wait elsewhere. */
  readonly held: HeldTasks | undefined;
  readonly lameDuckSeconds: Setting;
  readonly flushSeconds: Setting;
  readonly graceSeconds: number | undefined;
  readonly maxSurge: number | undefined;
  readonly minReadySeconds: Setting;
  readonly downstream: readonly SettledBudget[];
}

/** How a reason names where a setting comes from: `given as scale.targetUtilization` or `the default`. */
export function provenance(setting: Setting, prop: string): string {
  return setting.given ? `given as ${prop}` : 'the default';
}
