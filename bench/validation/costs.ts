import type { TaskFit } from '../../lib/plan';
import type { Case } from './cases';
import { mean } from './numbers';

/** What the tasks of a job cost. */
export interface Costs {
  /** With one core, from pools that are full. */
  readonly fit: TaskFit;
  /** CPU seconds of a task of the reference, a run that is always the same: how fast the machine was meanwhile. */
  readonly referenceCpu: number;
  /** CPU seconds of a task where CPU is what is used up, by the slots of the pool, ascending. */
  readonly busyCpu: readonly { readonly slots: number; readonly seconds: number }[];
  /**
   * CPU seconds of a task that is pushed: it comes over HTTP, and wakes the process.
   * @default the same as of one that is taken from a queue
   */
  readonly pushedCpu?: number;
  /** Seconds of each task in its handler with one core, by its number; they repeat from the start. */
  readonly taskSeconds: readonly number[];
  /** CPU seconds that a task has the processor for before others are let in. */
  readonly turnSeconds: number;
  /** Seconds of a start with one core. */
  readonly startSeconds: number;
  /** CPU seconds of a start, as far as the quota counts them: runc sets it late. */
  readonly startCpuSeconds: number;
}

/** What tasks cost during each part of the run of a case. */
export interface Moments {
  readonly full: Costs;
  readonly loaded: Costs;
  readonly drained: Costs;
}

/** The costs at a time at which a task of the reference takes so many CPU seconds. */
export function costsAt(costs: Costs, cpuNow: number): Costs {
  const factor = cpuNow / costs.referenceCpu;
  const { pushedCpu } = costs;
  return {
    ...costs,
    referenceCpu: cpuNow,
    busyCpu: costs.busyCpu.map(({ slots, seconds }) => ({ slots, seconds: factor * seconds })),
    ...(pushedCpu !== undefined && { pushedCpu: factor * pushedCpu }),
  };
}

/**
 * The costs during a case.
 *
 * @param cpuNow CPU seconds of a task of the reference before, between and after the three parts; empty: it was not measured
 */
export function momentsOf(costs: Costs, cpuNow: readonly number[]): Moments {
  const during = (part: number) => {
    const around = cpuNow.slice(part, part + 2);
    return around.length === 0 ? costs : costsAt(costs, mean(around));
  };
  return { full: during(0), loaded: during(1), drained: during(2) };
}

/** The costs if a task takes so many CPU seconds, whatever the pool. */
export function costsOfCpu(costs: Costs, cpu: number): Costs {
  return {
    ...costs,
    busyCpu: [{ slots: 1, seconds: cpu }],
    ...(costs.pushedCpu !== undefined && { pushedCpu: cpu }),
  };
}

/** CPU seconds of a task of a run, beyond those of its start. */
export function cpuOf(
  { fit }: Pick<Costs, 'fit'>,
  run: { readonly cpuSeconds: number; readonly tasks: number },
): number {
  return (run.cpuSeconds - fit.startCpuSeconds) / run.tasks;
}

/** Seconds of a task without CPU, and CPU seconds of it in a pool of so many slots that is short of CPU. */
export interface Shares {
  readonly waiting: number;
  readonly cpu: number;
}

/** @param isPushed tasks come one by one over HTTP */
export function shares(costs: Costs, slots: number, isPushed = false): Shares {
  const { fit, taskSeconds, busyCpu, pushedCpu } = costs;
  // Both from the same runs: times of another minute of the machine would not fit.
  const waiting = (mean(taskSeconds) * fit.waitingSeconds.value) / fit.durationSeconds.value;
  return { waiting, cpu: (isPushed ? pushedCpu : undefined) ?? cpuIn(busyCpu, slots) };
}

/** Whether a pool that always has tasks runs out of CPU rather than of slots. */
export function usesCpuUp(costs: Costs, { slots, cores }: Pick<Case, 'slots' | 'cores'>): boolean {
  const { waiting, cpu } = shares(costs, slots);
  return cores / cpu < slots / (waiting + cpu);
}

/** On the straight line between two pools that were measured; beyond them as in the nearest. */
function cpuIn(measured: Costs['busyCpu'], slots: number): number {
  const below = measured.filter((it) => it.slots <= slots).at(-1) ?? measured[0];
  const above = measured.find((it) => it.slots >= slots) ?? measured.at(-1);
  if (below === undefined || above === undefined) throw new RangeError('no pool was measured');
  if (above.slots <= below.slots) return below.seconds;
  const part = (slots - below.slots) / (above.slots - below.slots);
  return below.seconds + part * (above.seconds - below.seconds);
}
