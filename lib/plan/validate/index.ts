import type { Problem } from '../problem';
import type { SettledSpec } from '../settled-spec';
import type { WorkerSpec } from '../spec';
import { settleDownstream } from './downstream';
import { settleRollout, settleShutdown, settleSource } from './lifecycle';
import { settleResources } from './resources';
import { settleScale } from './scale';
import { settleTask } from './task';

/**
 * Turns a spec into numbers that can be computed with. Everything that is wrong with a number on its own, or
 * against another number of the spec, is reported and replaced by the legal number next to it.
 *
 * @param problems gets what is wrong
 */
export function settleSpec(spec: WorkerSpec, problems: Problem[]): SettledSpec {
  return {
    ...settleTask(spec.task, problems),
    ...settleResources(spec, problems),
    ...settleScale(spec.scale, spec.cluster, problems),
    ...settleSource(spec.source, problems),
    ...settleShutdown(spec.shutdown, spec.source.delivery, problems),
    ...settleRollout(spec.rollout, problems),
    downstream: settleDownstream(spec.downstream, problems),
  };
}
