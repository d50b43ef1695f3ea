import type { WorkerModel } from '../model';

/** The worker with nothing that bounds its tasks but the slots: a measurement is about the tasks. */
export function unbounded(worker: WorkerModel): WorkerModel {
  const { resources: _, downstream: __, ratePerPod: ___, ...spec } = worker.spec;
  const { protect: ____, ...contract } = worker.contract;
  // Nobody sends tasks here for a while after the signal.
  const shutdown = { ...contract.shutdown, lameDuckSeconds: 0 };
  return { ...worker, spec, contract: { ...contract, shutdown } };
}
