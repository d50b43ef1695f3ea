import type { Problem } from '../problem';
import type { SettledTaskPod } from '../settled-spec';
import type { TaskPodSpec, TaskSpec } from '../spec';
import { TASKS } from '../work';
import { settleCost } from './cost';
import { settleDownstream } from './downstream';
import { settleShutdown, settleSource, workerLameDuck } from './lifecycle';
import { settleResources } from './resources';

/**
 * Turns what a spec says about one pod into numbers that can be computed with. Everything that is wrong with a number
 * on its own, or against another number of the spec, is reported and replaced by the legal number next to it.
 *
 * @param problems gets what is wrong
 */
export function settlePod(spec: TaskPodSpec, problems: Problem[]): SettledTaskPod {
  return {
    work: TASKS,
    ...settleCost(TASKS, costOf(spec.task), problems),
    ...settleResources(TASKS, spec, problems),
    ...settleSource(spec.source, problems),
    ...settleShutdown(spec.shutdown, TASKS, workerLameDuck(spec.source.delivery), problems),
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
