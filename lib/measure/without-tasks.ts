import type { WorkerModel } from '../model';

/** A worker that waits for tasks which never come. */
export function withoutTasks(worker: WorkerModel): WorkerModel {
  const { output } = worker.contract.folders ?? {};
  const { folders: _, ...contract } = worker.contract;
  return {
    ...worker,
    contract: {
      ...contract,
      source: { memory: { capacity: 1 } },
      ...(output !== undefined && { folders: { output } }),
    },
  };
}
