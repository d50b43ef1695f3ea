import type { WorkerContract } from '../contract/zz_worker.gen';
import type { WorkerModel } from '../model';
import { PREFETCH_FACTOR } from '../plan/fetch';
import type { AnyWorkerPlan } from '../plan/worker-plan';
import { type RunTasks, runSource } from './tasks';

/** Folders of a run, as the worker sees them. */
export interface WorkerPlaces {
  /** Folder of the tasks; unused without a folder of tasks. */
  readonly input: string;
  readonly output: string;
  readonly state: string;
  /** File of the final report. */
  readonly report: string;
}

/**
 * The configuration of a worker in a run: that of its pods, but for where tasks come from and results go. No traces are
 * made: the collector is in the cluster.
 */
export function runContract(
  worker: WorkerModel,
  plan: AnyWorkerPlan,
  tasks: RunTasks,
  places: WorkerPlaces,
): WorkerContract {
  const { figures } = plan;
  const { live: _, telemetry: __, ...contract } = worker.contract; // a folder of the pods, and their collector
  return {
    ...contract,
    pool: { slots: figures.poolSlots.value },
    fetch: { factor: PREFETCH_FACTOR, maxPrefetch: figures.prefetch.value },
    source: runSource(tasks, worker, places.input, places.state),
    http: { host: '127.0.0.1', metricsPort: 0, ...(tasks.kind === 'intake' && { intakePort: 0 }) },
    folders: {
      ...('input' in tasks && tasks.input !== undefined && { input: places.input }),
      output: places.output,
    },
    // Progress is read from the lines of finished tasks.
    log: { level: 'debug' },
    report: places.report,
  };
}
