import { formatQuantity } from '../format';
import { PAYLOAD_BYTES } from '../held-tasks';
import { CLUSTER_PODS_MAX, PROGRESS_DEADLINE_SECONDS } from '../kubernetes';
import { SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { HeldTasks, Setting, SettledSpec, SettledWorker } from '../settled-spec';
import type { HeldTasksSpec, RolloutSpec, ShutdownSpec, SourceSpec } from '../spec';
import type { Work } from '../work';
import { checkNumber, type NumberRule } from './check-number';

/** Time until kube-proxies and ingresses have followed an endpoint that went away: a few seconds in practice. */
export const LAME_DUCK_SECONDS = 5;
const FLUSH_SECONDS = 3;
const MIN_READY_SECONDS = 5;

/** A queue that takes longer than this to answer is broken, not slow. */
const ROUND_TRIP_MAX_SECONDS = 60;

/** More tasks in the memory of one pod call for a broker. */
const HELD_TASKS_MAX = 1_000_000;

/** Larger inputs belong in a store, with the task naming them (contract/worker.schema.json, `MemorySource`). */
const PAYLOAD_BYTES_MAX = 2 ** 20;

/** Checks what the numbers need to know about the source of tasks. */
export function settleSource(
  source: SourceSpec,
  problems: Problem[],
): Pick<SettledWorker, 'delivery' | 'roundTripSeconds' | 'held'> {
  const rule: NumberRule = {
    prop: 'source.roundTrip',
    unit: 'seconds',
    min: 0,
    max: ROUND_TRIP_MAX_SECONDS,
    fix: 'Give the time from asking the queue for tasks to having them.',
  };
  return {
    delivery: source.delivery,
    roundTripSeconds: checkNumber(source.roundTripSeconds, rule, problems),
    held: source.held && settleHeld(source.held, problems),
  };
}

function settleHeld({ capacity, payloadBytes }: HeldTasksSpec, problems: Problem[]): HeldTasks {
  const capacityRule: NumberRule = {
    prop: 'source.capacity',
    unit: 'tasks',
    min: 1,
    max: HELD_TASKS_MAX,
    parts: 1,
    fix: 'Leave it out for what the autoscaler has to see.',
  };
  const payloadRule: NumberRule = {
    prop: 'source.payload',
    unit: 'bytes',
    min: 1,
    max: PAYLOAD_BYTES_MAX,
    parts: 1,
    fix: `Leave it out for ${formatQuantity(PAYLOAD_BYTES, 'bytes')}; store a larger input and name it in the task.`,
  };
  return {
    capacity: capacity === undefined ? undefined : checkNumber(capacity, capacityRule, problems),
    payloadBytes: checkNumber(payloadBytes ?? PAYLOAD_BYTES, payloadRule, problems),
  };
}

/** The lame duck when nothing is said, and how a message says so. */
interface LameDuckDefault {
  readonly seconds: number;
  readonly fix: string;
}

/** The lame duck of a worker. */
export function workerLameDuck(delivery: 'pull' | 'push'): LameDuckDefault {
  return {
    seconds: delivery === 'push' ? LAME_DUCK_SECONDS : 0,
    fix: `Leave it out for ${LAME_DUCK_SECONDS} s (push) or 0 s (pull).`,
  };
}

/** Checks the parts of the shutdown budget. */
export function settleShutdown(
  shutdown: ShutdownSpec | undefined,
  { one }: Work,
  lameDuckDefault: LameDuckDefault,
  problems: Problem[],
): Pick<SettledSpec, 'lameDuckSeconds' | 'flushSeconds' | 'graceSeconds'> {
  const rule = { unit: 'seconds', min: 0, max: SECONDS_MAX } as const;
  const lameDuck: NumberRule = { ...rule, prop: 'shutdown.lameDuck', fix: lameDuckDefault.fix };
  const flush: NumberRule = { ...rule, prop: 'shutdown.flush', fix: 'Leave it out for 3 s.' };
  const grace: NumberRule = {
    ...rule,
    prop: 'shutdown.gracePeriod',
    min: 1,
    parts: 1,
    fix: `Leave it out to derive it from the longest ${one}.`,
  };
  return {
    lameDuckSeconds: setting(shutdown?.lameDuckSeconds, lameDuckDefault.seconds, lameDuck, problems),
    flushSeconds: setting(shutdown?.flushSeconds, FLUSH_SECONDS, flush, problems),
    graceSeconds:
      shutdown?.graceSeconds === undefined ? undefined : checkNumber(shutdown.graceSeconds, grace, problems),
  };
}

/** Fewest pods above the wanted count that a rolling update may be given, and what a message says about it. */
interface SurgeRule {
  readonly least: 0 | 1;
  readonly fix: string;
}

/** The surge of a worker. */
export const WORKER_SURGE: SurgeRule = {
  least: 0,
  fix: 'Leave it out for a quarter of scale.max; 0 ends all old pods before new ones start.',
};

/** Checks the rolling update. */
export function settleRollout(
  rollout: RolloutSpec | undefined,
  { least, fix }: SurgeRule,
  problems: Problem[],
): Pick<SettledSpec, 'maxSurge' | 'maxUnavailable' | 'minReadySeconds'> {
  const surge: NumberRule = {
    prop: 'rollout.maxSurge',
    unit: 'pods',
    min: least,
    max: CLUSTER_PODS_MAX,
    parts: 1,
    fix,
  };
  const unavailable: NumberRule = {
    prop: 'rollout.maxUnavailable',
    unit: 'pods',
    min: 0,
    max: CLUSTER_PODS_MAX,
    parts: 1,
    fix: 'Leave it out for none.',
  };
  const minReady: NumberRule = {
    prop: 'rollout.minReady',
    unit: 'seconds',
    min: 0,
    max: PROGRESS_DEADLINE_SECONDS - 1,
    parts: 1,
    fix: `Leave it out for ${MIN_READY_SECONDS} s; it has to stay below progressDeadlineSeconds (${PROGRESS_DEADLINE_SECONDS} s).`,
  };
  return {
    maxSurge: rollout?.maxSurge === undefined ? undefined : checkNumber(rollout.maxSurge, surge, problems),
    maxUnavailable: checkNumber(rollout?.maxUnavailable ?? 0, unavailable, problems),
    minReadySeconds: setting(rollout?.minReadySeconds, MIN_READY_SECONDS, minReady, problems),
  };
}

function setting(
  value: number | undefined,
  byDefault: number,
  rule: NumberRule,
  problems: Problem[],
): Setting {
  return { given: value !== undefined, value: checkNumber(value ?? byDefault, rule, problems) };
}
