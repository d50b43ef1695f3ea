import { planJob } from './job/plan-job';
import { planWorker } from './plan-worker';
import { planShards } from './shards/plan-shards';
import type { AnyWorkerSpec } from './spec';
import type { AnyWorkerPlan } from './worker-plan';

/** The plan of a worker in any of its forms. */
export function planAny(spec: AnyWorkerSpec): AnyWorkerPlan {
  if ('job' in spec) return planJob(spec);
  return 'shards' in spec ? planShards(spec) : planWorker(spec);
}
