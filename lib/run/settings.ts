import type { WorkerModel } from '../model';

/** A handler's own settings. */
export type Settings = Readonly<Record<string, string>>;

/** The worker with some of its handler's settings replaced; what they mean is checked by the handler. */
export function withSettings(worker: WorkerModel, settings: Settings): WorkerModel {
  if (Object.keys(settings).length === 0) return worker;
  return {
    ...worker,
    contract: { ...worker.contract, settings: { ...worker.contract.settings, ...settings } },
  };
}
