import type { Problem } from '../problem';
import type { SettledWorker } from '../settled-spec';
import type { WorkerSpec } from '../spec';
import { settleRollout, WORKER_SURGE } from './lifecycle';
import { settlePod } from './pod';
import { settleScale } from './scale';

/**
 * Turns the spec of a worker that an autoscaler scales into numbers that can be computed with; see `settlePod`.
 *
 * @param problems gets what is wrong
 */
export function settleSpec(spec: WorkerSpec, problems: Problem[]): SettledWorker {
  return {
    ...settlePod(spec, problems),
    ...settleScale(spec.scale, spec.source.held !== undefined, spec.cluster, problems),
    ...settleRollout(spec.rollout, WORKER_SURGE, problems),
  };
}
