import type { WorkerModel } from '../model';

/**
 * The worker as it is planned with a CPU limit: GOMAXPROCS follows from the limit that holds, not from the one that would have
 * been planned.
 *
 * @param cores `undefined`: nothing limits it
 */
export function limitedTo(cores: number | undefined, worker: WorkerModel): WorkerModel {
  if (cores === undefined) return worker;
  const { resources, ...spec } = worker.spec;
  return { ...worker, spec: { ...spec, resources: { ...resources, cpu: { limit: cores } } } };
}
