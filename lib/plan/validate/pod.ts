import type { Problem } from '../problem';
import type { SettledTaskPod } from '../settled-spec';
import type { TaskPodSpec, TaskSpec } from '../spec';
import { TASKS } from '../work';
import { checkNumber, type NumberRule } from './check-number';
import { settleCost } from './cost';
import { settleDownstream } from './downstream';
import { settleShutdown, settleSource, workerLameDuck } from './lifecycle';
import { settleResources } from './resources';

const RATE: NumberRule = {
  prop: 'protect.rate.perPod',
  unit: 'tasks/s',
  min: 1e-6,
  max: 1e6,
  fix: 'Give the tasks per second of one pod, or leave protect.rate out.',
};

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
    ratePerPod: spec.ratePerPod === undefined ? undefined : checkNumber(spec.ratePerPod, RATE, problems),
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
