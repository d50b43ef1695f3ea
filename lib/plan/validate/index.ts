import type { Problem } from '../problem';
import type { SettledWorker } from '../settled-spec';
import type { TaskSpec, WorkerSpec } from '../spec';
import { TASKS } from '../work';
import { settleCost } from './cost';
import { settleDownstream } from './downstream';
import { settleRollout, settleShutdown, settleSource, WORKER_SURGE, workerLameDuck } from './lifecycle';
import { settleResources } from './resources';
import { settleScale } from './scale';

/**
 * Turns a spec into numbers that can be computed with. Everything that is wrong with a number on its own, or
 * against another number of the spec, is reported and replaced by the legal number next to it.
 *
 * @param problems gets what is wrong
 */
export function settleSpec(spec: WorkerSpec, problems: Problem[]): SettledWorker {
  return {
    work: TASKS,
    ...settleCost(TASKS, costOf(spec.task), problems),
    ...settleResources(TASKS, spec, problems),
    ...settleScale(spec.scale, spec.source.held !== undefined, spec.cluster, problems),
    ...settleSource(spec.source, problems),
    ...settleShutdown(spec.shutdown, TASKS, workerLameDuck(spec.source.delivery), problems),
    ...settleRollout(spec.rollout, WORKER_SURGE, problems),
    downstream: settleDownstream(TASKS, spec.downstream, problems),
  };
}

function costOf({ cpuSeconds, durationSeconds, memoryBytes, scratchBytes }: TaskSpec) {
  return {
    cpuSeconds,
    durationSeconds,
    memoryBytes: { base: memoryBytes.base, each: memoryBytes.perTask },
    scratchBytes: scratchBytes === undefined ? {} : { base: scratchBytes.base, each: scratchBytes.perTask },
  };
}
