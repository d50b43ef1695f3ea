import { ackWait, checkPrefetch, prefetch } from './fetch';
import type { Figure } from './figure';
import type { PodFigures } from './figures';
import { workOffHeld } from './held-tasks';
import type { Problem } from './problem';
import type { SettledTaskPod } from './settled-spec';
import { checkGracePeriod, shutdownBudget } from './shutdown';
import { checkCpu, sizeCpu } from './sizing/cpu';
import { checkMemory, sizeMemory } from './sizing/memory';
import { sizePool } from './sizing/pool';
import { checkStorage, sizeStorage } from './sizing/storage';
import type { Waiting } from './sizing/waiting';
import { checkStarvation, throughput } from './throughput';

/** What the forms of a worker differ in, as far as one pod is concerned. */
export interface PodRules {
  /** The queue in the pod's own memory; `undefined` when tasks wait elsewhere. */
  readonly held: Waiting | undefined;
  /**
   * Tasks that this queue holds; `undefined` without one.
   *
   * @param throughputPerPod tasks/s
   */
  readonly capacity: (slots: number, throughputPerPod: number) => Figure | undefined;
  /** Whether a pod that ends starts the tasks that wait in it: nobody else would. */
  readonly worksOff: boolean;
}

/** Numbers of one pod. */
export interface PodPlan {
  readonly figures: PodFigures;
  /** Seconds of an average task while all slots are busy. */
  readonly busySeconds: number;
}

/** Sizes one pod that runs tasks, and plans how it fetches them and ends. */
export function planPod(spec: SettledTaskPod, rules: PodRules, problems: Problem[]): PodPlan {
  const { held } = rules;
  const { poolSlots, decidedBy } = sizePool(spec, held, problems);
  const slots = poolSlots.value;
  const { ceiling, ...cpu } = sizeCpu(spec, slots);
  const memory = sizeMemory(spec, held, slots);
  const { throughputPerPod, busySeconds } = throughput(spec, slots, ceiling);
  const ahead = prefetch(spec, throughputPerPod.value);
  const capacity = rules.capacity(slots, throughputPerPod.value);
  const waiting = rules.worksOff
    ? workOffHeld(slots, capacity?.value ?? 0, throughputPerPod.value)
    : undefined;

  checkCpu(spec, ceiling, decidedBy, problems);
  checkMemory(spec, held, { slots, memoryLimit: memory.memoryLimit.value, decidedBy }, problems);
  checkStorage(spec, slots, problems);
  checkStarvation(spec, slots, ceiling, busySeconds, problems);
  checkPrefetch(ahead.value, spec, problems);
  checkGracePeriod(spec, waiting, problems);

  return {
    figures: {
      poolSlots,
      ...cpu,
      ...memory,
      ...sizeStorage(spec, slots),
      throughputPerPod,
      ...(capacity !== undefined && { queueCapacity: capacity }),
      prefetch: ahead,
      ackWait: ackWait(spec, slots, ahead.value),
      ...shutdownBudget(spec, waiting, shutdownReasons(spec)),
    },
    busySeconds,
  };
}

function shutdownReasons({ delivery }: SettledTaskPod) {
  return {
    lameDuck: delivery === 'pull' ? 'a worker that pulls just stops asking' : 'until endpoints have followed',
    flush: 'acks, hand-backs and the report',
  };
}
