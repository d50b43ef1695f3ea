import { type Figure, figure } from './figure';
import { formatNumber, formatQuantity } from './format';
import { HPA_TOLERANCE } from './kubernetes';
import type { Problem } from './problem';
import { backlogPerReplica } from './scaling';
import type { HeldTasks, SettledWorker } from './settled-spec';
import type { WorkOff } from './shutdown';
import { sizeCpu } from './sizing/cpu';
import type { Waiting } from './sizing/waiting';
import { throughput } from './throughput';

/** Largest payload of a task in a pod's own queue when nothing is said, in bytes. */
export const PAYLOAD_BYTES = 1024;

/**
 * Go's allocator rounds up to its size classes, and beyond 32 KiB to pages of 8 KiB: at most a quarter, or 7 bytes
 * more where classes are small (`internal/runtime/gc/sizeclasses.go`).
 */
const ALLOCATED_PER_BYTE = 1.25;

/**
 * What a task takes in the queue beside its payload and id: 128 bytes for `item` (go/queue/schedule.go), 8 for its
 * lease, 40 for its places in the two heaps, 56 for its id among those seen, 32 for an id that the queue makes up, and
 * 14 by which the smallest size classes round up. That is 278; the rest is for the old array or table while one grows.
 * go/queue/memory_size_test.go measures it.
 */
export const TASK_OVERHEAD_BYTES = 512;

/** Most bytes that one task takes in a pod's own queue. */
function heldTaskBytes({ payloadBytes }: HeldTasks): number {
  return ALLOCATED_PER_BYTE * payloadBytes + TASK_OVERHEAD_BYTES;
}

/**
 * Largest payload of a task that takes at most so many bytes in a pod's own queue; below 1 when none does.
 *
 * @param bytes for the task and all that belongs to it
 */
function largestPayload(bytes: number): number {
  return Math.floor((bytes - TASK_OVERHEAD_BYTES) / ALLOCATED_PER_BYTE);
}

/** How {@link heldTaskBytes} follows from the payload, for reasons. */
function heldTaskFormula({ payloadBytes }: HeldTasks): string {
  const overhead = formatQuantity(TASK_OVERHEAD_BYTES, 'bytes');
  return `${ALLOCATED_PER_BYTE} × ${formatQuantity(payloadBytes, 'bytes')} + ${overhead}`;
}

/**
 * Capacity from which on the autoscaler can see a pod's backlog. A full queue turns tasks away, so a smaller one
 * could never say that more pods are wanted.
 */
function leastCapacity(slots: number, backlogPerPod: number): number {
  return slots + Math.floor(backlogPerPod * (1 + HPA_TOLERANCE)) + 1;
}

function derivedCapacity(spec: SettledWorker, slots: number): number {
  const { ceiling } = sizeCpu(spec, slots);
  const { throughputPerPod } = throughput(spec, slots, ceiling);
  return leastCapacity(slots, backlogPerReplica(spec, throughputPerPod.value).value);
}

/**
 * Tasks that one pod's own queue holds, waiting and in flight; `undefined` when tasks wait elsewhere.
 *
 * @param backlogPerPod tasks that the autoscaler aims at for each pod
 */
export function queueCapacity(spec: SettledWorker, slots: number, backlogPerPod: number): Figure | undefined {
  if (spec.held === undefined) return undefined;
  return spec.held.capacity === undefined
    ? figure(
        leastCapacity(slots, backlogPerPod),
        'tasks',
        (shown) =>
          `${formatQuantity(slots, 'slots')} + ${formatNumber(1 + HPA_TOLERANCE)} × ` +
          `${formatQuantity(backlogPerPod, 'tasks')} of backlog, where the autoscaler adds pods, and one more: ${shown}`,
      )
    : figure(spec.held.capacity, 'tasks', (shown) => `${shown}, given as source.capacity`);
}

/** Refuses a queue that is full before the autoscaler sees its backlog. */
export function checkCapacity(
  spec: SettledWorker,
  slots: number,
  backlogPerPod: number,
  problems: Problem[],
): void {
  const capacity = spec.held?.capacity;
  const least = leastCapacity(slots, backlogPerPod);
  if (!isScaled(spec) || capacity === undefined || capacity >= least) return;
  if (problems.some(({ prop }) => prop === 'source.capacity')) return;
  problems.push({
    prop: 'source.capacity',
    wanted:
      `must be ${formatNumber(least)} or more, so that ${formatQuantity(least - slots, 'tasks')} can wait behind ` +
      `${formatQuantity(slots, 'slots')}: below that the autoscaler adds no pod`,
    got: formatNumber(capacity),
    fix: 'Raise it, lower scale.drainWithin, or leave it out to derive it.',
  });
}

/** Least capacity of its own queue that a pod may be given. */
function acceptedCapacity(spec: SettledWorker, slots: number): number {
  return isScaled(spec) ? derivedCapacity(spec, slots) : 1;
}

function isScaled(spec: SettledWorker): boolean {
  return spec.minReplicas < spec.maxReplicas;
}

/** The queue of a worker's pod in its own memory; `undefined` when tasks wait elsewhere. */
export function heldTasks(spec: SettledWorker): Waiting | undefined {
  return waitingTasks(spec.held, {
    derived: (slots) => derivedCapacity(spec, slots),
    derivedFrom: 'scale.drainWithin',
    least: (slots) => acceptedCapacity(spec, slots),
  });
}

/** What the capacity of a pod's own queue is where the program gives none, and what it may be. */
export interface CapacityRule {
  /** Capacity for so many slots; more slots never hold fewer. */
  readonly derived: (slots: number) => number;
  /** The property that it follows from. */
  readonly derivedFrom: string;
  /** Least capacity that the pod may be given. */
  readonly least: (slots: number) => number;
}

/** A queue in a pod's own memory; `undefined` when tasks wait elsewhere. */
export function waitingTasks(held: HeldTasks | undefined, rule: CapacityRule): Waiting | undefined {
  if (held === undefined) return undefined;
  const capacity = (slots: number) => held.capacity ?? rule.derived(slots);
  return {
    growsWithSlots: held.capacity === undefined,
    boundedBy: held.capacity === undefined ? rule.derivedFrom : 'source.capacity',
    bytes: (slots) => capacity(slots) * heldTaskBytes(held),
    sum: (slots) => `${formatNumber(capacity(slots))} held tasks × (${heldTaskFormula(held)})`,
    fixes: (slots, room) => heldFixes(held, { capacity: capacity(slots), least: rule.least(slots) }, room),
  };
}

interface Capacities {
  readonly capacity: number;
  readonly least: number;
}

/** What would make a full queue fit into the memory that is left for it. */
function heldFixes(held: HeldTasks, at: Capacities, room: number): string[] {
  const capacity = Math.floor(room / heldTaskBytes(held));
  const payload = largestPayload(room / at.capacity);
  return [
    ...(held.capacity !== undefined && capacity >= at.least
      ? [`lower source.capacity to ${formatNumber(capacity)}`]
      : []),
    ...(payload >= 1 ? [`lower source.payload to ${formatNumber(payload)} B`] : []),
  ];
}

/**
 * What waits in a full queue has to be started before the pod can end.
 *
 * @param throughputPerPod tasks/s
 */
export function workOffHeld(slots: number, capacity: number, throughputPerPod: number): WorkOff | undefined {
  const waiting = capacity - slots;
  if (waiting <= 0) return undefined;
  return {
    name: 'waiting tasks',
    seconds: waiting / throughputPerPod,
    formula: `${formatQuantity(waiting, 'tasks')} that may wait in the pod ÷ ${formatQuantity(throughputPerPod, 'tasks/s')}`,
    boundedBy: 'source.capacity',
  };
}
