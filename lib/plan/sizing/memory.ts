import { largestBelow } from '../bisection';
import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatNumber, formatQuantity } from '../format';
import {
  acceptedCapacity,
  heldCapacity,
  heldTaskBytes,
  heldTaskFormula,
  largestPayload,
} from '../held-tasks';
import { BYTES_MAX, SLOTS_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilToMultiple } from '../rounding';
import type { HeldTasks, SettledSpec } from '../settled-spec';

const MIB = 2 ** 20;

/**
 * The Go heap gets nine tenths of the memory limit. The rest is what GOMEMLIMIT does not count (the binary's
 * pages, kernel memory of sockets and pipes, page cache of /tmp) and what the collector overshoots: it is a soft
 * limit. The Go GC guide advises "an additional 5–10% of headroom".
 */
export function heapLimit(memoryLimit: number): number {
  // Whole-number arithmetic: 0.9 has no exact double.
  return Math.floor((memoryLimit * 9) / 10);
}

/** Bytes that the process holds with every slot busy. */
function tasksNeed({ memory }: SettledSpec, slots: number): number {
  return memory.base + memory.perTask * slots;
}

/** Bytes that the process holds with every slot busy and its own queue full. */
function memoryNeed(spec: SettledSpec, slots: number): number {
  const { held } = spec;
  const waiting = held === undefined ? 0 : heldCapacity(spec, held, slots) * heldTaskBytes(held);
  return Math.ceil(tasksNeed(spec, slots) + waiting);
}

function limitFor(need: number): number {
  return ceilToMultiple(Math.ceil((need * 10) / 9), MIB);
}

function sum(spec: SettledSpec, slots: number): string {
  const { base, perTask } = spec.memory;
  const tasks = `${formatQuantity(base, 'bytes')} + ${formatQuantity(slots, 'slots')} × ${formatQuantity(perTask, 'bytes')}`;
  return spec.held === undefined ? tasks : `${tasks} + ${heldSum(spec, spec.held, slots)}`;
}

/** What a full queue takes, such as `390 held tasks × (1.25 × 1 KiB + 512 B)`. */
function heldSum(spec: SettledSpec, held: HeldTasks, slots: number): string {
  return `${formatNumber(heldCapacity(spec, held, slots))} held tasks × (${heldTaskFormula(held)})`;
}

/**
 * Most slots whose tasks fit below GOMEMLIMIT together with a full queue of the pod's own; below 1 when none does.
 * What such a queue holds may itself grow with the slots, hence the bisection.
 */
export function slotsWithin(spec: SettledSpec, memoryLimit: number): number {
  const heap = heapLimit(memoryLimit);
  const most = Math.floor((heap - spec.memory.base) / spec.memory.perTask);
  if (spec.held === undefined) return most;
  return largestBelow(Math.min(most, SLOTS_MAX + 1) + 1, (slots) => memoryNeed(spec, slots) <= heap);
}

/** How the slots follow from a given memory limit, for reasons. */
export function slotsFormula(spec: SettledSpec, memoryLimit: number, slots: number): (n: string) => string {
  const { base, perTask } = spec.memory;
  const heap = `0.9 × ${formatQuantity(memoryLimit, 'bytes')}`;
  return spec.held === undefined
    ? (n) =>
        `(${heap} − ${formatQuantity(base, 'bytes')}) ÷ ${formatQuantity(perTask, 'bytes')}, rounded down to ${n}`
    : (n) => `${n}, the most that fit into ${heap}: ${sum(spec, slots)}`;
}

/** Memory of the pod and of the Go heap. */
export function sizeMemory(
  spec: SettledSpec,
  slots: number,
): Pick<Figures, 'memoryRequest' | 'memoryLimit' | 'gomemlimit'> {
  const memoryLimit = limit(spec, slots);
  return {
    memoryRequest: request(spec, memoryLimit.value),
    memoryLimit,
    gomemlimit: figure(
      heapLimit(memoryLimit.value),
      'bytes',
      (shown) =>
        `0.9 × ${formatQuantity(memoryLimit.value, 'bytes')} = ${shown}, a tenth is left for what Go does not count`,
    ),
  };
}

function limit(spec: SettledSpec, slots: number): Figure {
  if (spec.memoryLimit !== undefined) {
    return figure(spec.memoryLimit, 'bytes', (shown) => `${shown}, given as resources.memory.limit`);
  }
  const derived = limitFor(memoryNeed(spec, slots));
  if (spec.memoryRequest !== undefined && (spec.concurrency === undefined || spec.memoryRequest > derived)) {
    return figure(spec.memoryRequest, 'bytes', (shown) => `${shown}, as resources.memory.request gives it`);
  }
  return figure(derived, 'bytes', (shown) => `(${sum(spec, slots)}) ÷ 0.9, rounded up to ${shown}`);
}

function request(spec: SettledSpec, memoryLimit: number): Figure {
  return spec.memoryRequest === undefined
    ? figure(
        memoryLimit,
        'bytes',
        (shown) =>
          `the limit, ${shown}: memory cannot be throttled, and who is above its request is evicted first`,
      )
    : figure(spec.memoryRequest, 'bytes', (shown) => `${shown}, given as resources.memory.request`);
}

/** Refuses a pool that would not fit below GOMEMLIMIT, and one that no machine holds. */
export function checkMemory(
  spec: SettledSpec,
  slots: number,
  memoryLimit: number,
  decidedBy: string,
  problems: Problem[],
): void {
  const need = memoryNeed(spec, slots);
  if (need > BYTES_MAX) {
    problems.push({
      prop: decidedBy,
      wanted: `must fit into ${formatQuantity(BYTES_MAX, 'bytes')} of memory`,
      got: `${sum(spec, slots)} = ${formatQuantity(need, 'bytes')}`,
      fix: `Lower it, or correct task.memory.perTask${heldCorrection(spec)}.`,
    });
  } else if (need > heapLimit(memoryLimit)) {
    problems.push({
      prop: spec.memoryLimit === undefined ? 'resources.memory.request' : 'resources.memory.limit',
      wanted:
        `must be ${formatQuantity(limitFor(need), 'bytes')} or more: (${sum(spec, slots)}) ÷ 0.9,` +
        ' since Go keeps its heap below 0.9 × limit (GOMEMLIMIT)',
      got: formatQuantity(memoryLimit, 'bytes'),
      fix: memoryFix(spec, slots, memoryLimit),
    });
  }
}

function heldCorrection({ held }: SettledSpec): string {
  if (held === undefined) return '';
  return held.capacity === undefined ? ' or scale.drainWithin' : ' or source.capacity';
}

function memoryFix(spec: SettledSpec, slots: number, memoryLimit: number): string {
  const concurrency = spec.concurrency === undefined ? 0 : slotsWithin(spec, memoryLimit);
  const ways = [
    ...(concurrency >= 1 ? [`lower concurrency to ${formatNumber(concurrency)}`] : []),
    ...heldFixes(spec, slots, heapLimit(memoryLimit)),
  ];
  const raise = 'Raise it, or leave it out to size it from the tasks';
  return ways.length === 0 ? `${raise}.` : `${raise}; or ${ways.join(', or ')}.`;
}

/** What would make a full queue fit beside the tasks of all slots. */
function heldFixes(spec: SettledSpec, slots: number, heap: number): string[] {
  const { held } = spec;
  if (held === undefined) return [];
  const room = heap - tasksNeed(spec, slots);
  const capacity = Math.floor(room / heldTaskBytes(held));
  const payload = largestPayload(room / heldCapacity(spec, held, slots));
  return [
    ...(held.capacity !== undefined && capacity >= acceptedCapacity(spec, slots)
      ? [`lower source.capacity to ${formatNumber(capacity)}`]
      : []),
    ...(payload >= 1 ? [`lower source.payload to ${formatNumber(payload)} B`] : []),
  ];
}
