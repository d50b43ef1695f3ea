import { type Measurement, measureWorker } from '../../lib/measure/measure-worker';
import type { WorkerModel } from '../../lib/model';
import type { TaskFit } from '../../lib/plan';
import type { Case } from './cases';

const LEVELS = { develop: [1, 2], crawl: [4, 16] } as const;
const ROUNDS = 2;
const SECONDS = 6;

/**
 * What the tasks of a job cost, measured as `capstan measure` does, with two cores: what predictions are made from. None of
 * the cases that are predicted is among these runs.
 */
export async function calibrate(
  name: Case['worker'],
  worker: WorkerModel,
  folder: string,
  tasks: { readonly input?: string; readonly seeds?: readonly string[] },
): Promise<TaskFit> {
  const { fit }: Measurement = await measureWorker({
    ...tasks,
    worker,
    folder,
    levels: LEVELS[name],
    rounds: ROUNDS,
    seconds: SECONDS,
    cpuCores: 2,
    onRun: ({ concurrency }, done, of) => console.log(`${name}: ${done} of ${of}, ${concurrency} at a time`),
    onCompile: () => undefined,
  });
  return fit;
}
