import { fixedUse } from '../downstream';
import { maxAckPending } from '../fetch';
import { type Figure, figure } from '../figure';
import type { ShardFigures } from '../figures';
import { formatQuantity } from '../format';
import { waitingTasks } from '../held-tasks';
import { CLUSTER_PODS_MAX, PROGRESS_DEADLINE_SECONDS } from '../kubernetes';
import { type PodRules, planPod } from '../pod';
import type { Problem } from '../problem';
import { floorNoisy } from '../rounding';
import { provenance, type Setting, type SettledTaskPod } from '../settled-spec';
import { sizeCpu } from '../sizing/cpu';
import type { ShardedSpec } from '../spec';
import { throughput } from '../throughput';
import { checkNumber } from '../validate/check-number';
import { settlePod } from '../validate/pod';
import { WorkerPlan } from '../worker-plan';

/** What a pod's own queue holds when nothing is said: a minute's work, beside what runs. */
const HELD_SECONDS = 60;

const MIN_READY_SECONDS = 5;

/**
 * Derives all numbers of a worker in shards from its spec. The number of pods is fixed, since a key belongs to one of
 * them; nothing scales.
 *
 * Never throws for a wrong number: see `planWorker`.
 */
export function planShards(spec: ShardedSpec): WorkerPlan<ShardFigures> {
  const problems: Problem[] = [];
  const pod = settlePod(spec, problems);
  const shards = settleShards(spec, problems);
  const { figures } = planPod(pod, podRules(pod), problems);
  const slots = figures.poolSlots.value;
  const downstream = fixedUse(
    pod.downstream,
    { slots, pods: shards, when: 'with all shards busy', prop: 'shards', podsEach: 1 },
    problems,
  );
  const members = setFigures(shards, slots, settleMinReady(spec, problems));
  return new WorkerPlan({
    name: spec.name,
    figures: {
      ...figures,
      maxAckPending: maxAckPending(slots, figures.prefetch.value, 1),
      ...members,
    },
    downstream,
    problems,
  });
}

function settleShards({ shards }: ShardedSpec, problems: Problem[]): number {
  return checkNumber(
    shards,
    {
      prop: 'shards',
      unit: 'pods',
      min: 1,
      max: CLUSTER_PODS_MAX,
      parts: 1,
      fix: 'Give the number of parts that the keys are divided into.',
    },
    problems,
  );
}

function settleMinReady({ minReadySeconds }: ShardedSpec, problems: Problem[]): Setting {
  const rule = {
    prop: 'minReady',
    unit: 'seconds',
    min: 0,
    max: PROGRESS_DEADLINE_SECONDS - 1,
    parts: 1,
    fix: `Leave it out for ${MIN_READY_SECONDS} s.`,
  } as const;
  return {
    given: minReadySeconds !== undefined,
    value: checkNumber(minReadySeconds ?? MIN_READY_SECONDS, rule, problems),
  };
}

function podRules(pod: SettledTaskPod): PodRules {
  const rate = (slots: number) => throughput(pod, slots, sizeCpu(pod, slots).ceiling).throughputPerPod.value;
  return {
    held: waitingTasks(pod.held, {
      derived: (slots) => minuteOf(slots, rate(slots)),
      derivedFrom: 'concurrency',
      least: () => 1,
    }),
    capacity: (slots, throughputPerPod) => capacity(pod, slots, throughputPerPod),
    worksOff: true,
  };
}

function minuteOf(slots: number, rate: number): number {
  return slots + Math.max(1, floorNoisy(rate * HELD_SECONDS));
}

function capacity({ held }: SettledTaskPod, slots: number, rate: number): Figure | undefined {
  if (held === undefined) return undefined;
  if (held.capacity !== undefined) {
    return figure(held.capacity, 'tasks', (shown) => `${shown}, given as source.capacity`);
  }
  return figure(
    minuteOf(slots, rate),
    'tasks',
    (shown) =>
      `${formatQuantity(slots, 'slots')} + ${formatQuantity(rate, 'tasks/s')} × ` +
      `${formatQuantity(HELD_SECONDS, 'seconds')} of work that may wait: ${shown}`,
  );
}

function setFigures(
  shards: number,
  slots: number,
  minReady: Setting,
): Pick<ShardFigures, 'shards' | 'minReadySeconds' | 'pdbMaxUnavailable' | 'peakPods' | 'peakConcurrency'> {
  return {
    shards: figure(shards, 'pods', (shown) => `${shown}, given as shards`),
    minReadySeconds: figure(
      minReady.value,
      'seconds',
      (shown) =>
        `${shown}, ${provenance(minReady, 'minReady')}: a fresh pod stays ready this long before the next one is replaced`,
    ),
    pdbMaxUnavailable: figure(
      1,
      'pods',
      (shown) => `${shown} may be evicted at a time: its keys wait until it is back elsewhere`,
    ),
    peakPods: figure(
      shards,
      'pods',
      (shown) => `${shown}: a shard's next pod starts only when the one before it has ended`,
    ),
    peakConcurrency: figure(
      slots * shards,
      'tasks',
      (shown) => `${formatQuantity(slots, 'slots')} × ${formatQuantity(shards, 'pods')} = ${shown}`,
    ),
  };
}
