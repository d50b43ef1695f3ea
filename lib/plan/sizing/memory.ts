import { largestBelow } from '../bisection';
import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatNumber, formatQuantity } from '../format';
import { BYTES_MAX, SLOTS_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilToMultiple } from '../rounding';
import type { SettledPod } from '../settled-spec';
import type { Waiting } from './waiting';

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
function busyNeed({ memory }: SettledPod, slots: number): number {
  return memory.base + memory.each * slots;
}

/** Bytes that the process holds with every slot busy and all waiting that may wait in it. */
function memoryNeed(spec: SettledPod, waiting: Waiting | undefined, slots: number): number {
  return Math.ceil(busyNeed(spec, slots) + (waiting?.bytes(slots) ?? 0));
}

function limitFor(need: number): number {
  return ceilToMultiple(Math.ceil((need * 10) / 9), MIB);
}

function sum(spec: SettledPod, waiting: Waiting | undefined, slots: number): string {
  const { base, each } = spec.memory;
  const busy = `${formatQuantity(base, 'bytes')} + ${formatQuantity(slots, 'slots')} × ${formatQuantity(each, 'bytes')}`;
  return waiting === undefined ? busy : `${busy} + ${waiting.sum(slots)}`;
}

/**
 * Slots that fit below GOMEMLIMIT together with what waits behind them; below 1 when none does. What waits may itself
 * grow with the slots, hence the bisection. They are the most that fit as long as more slots never need less.
 */
export function slotsWithin(spec: SettledPod, waiting: Waiting | undefined, memoryLimit: number): number {
  const heap = heapLimit(memoryLimit);
  const most = Math.floor((heap - spec.memory.base) / spec.memory.each);
  if (waiting === undefined) return most;
  return largestBelow(Math.min(most, SLOTS_MAX + 1) + 1, (slots) => memoryNeed(spec, waiting, slots) <= heap);
}

/** How the slots follow from a given memory limit, for reasons. */
export function slotsFormula(
  spec: SettledPod,
  waiting: Waiting | undefined,
  memoryLimit: number,
  slots: number,
): (n: string) => string {
  const { base, each } = spec.memory;
  const heap = `0.9 × ${formatQuantity(memoryLimit, 'bytes')}`;
  return waiting === undefined
    ? (n) =>
        `(${heap} − ${formatQuantity(base, 'bytes')}) ÷ ${formatQuantity(each, 'bytes')}, rounded down to ${n}`
    : (n) => `${n}, the most that fit into ${heap}: ${sum(spec, waiting, slots)}`;
}

/** Memory of the pod and of the Go heap. */
export function sizeMemory(
  spec: SettledPod,
  waiting: Waiting | undefined,
  slots: number,
): Pick<Figures, 'memoryRequest' | 'memoryLimit' | 'gomemlimit'> {
  const memoryLimit = limit(spec, waiting, slots);
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

function limit(spec: SettledPod, waiting: Waiting | undefined, slots: number): Figure {
  if (spec.memoryLimit !== undefined) {
    return figure(spec.memoryLimit, 'bytes', (shown) => `${shown}, given as resources.memory.limit`);
  }
  const derived = limitFor(memoryNeed(spec, waiting, slots));
  if (spec.memoryRequest !== undefined && (spec.concurrency === undefined || spec.memoryRequest > derived)) {
    return figure(spec.memoryRequest, 'bytes', (shown) => `${shown}, as resources.memory.request gives it`);
  }
  return figure(derived, 'bytes', (shown) => `(${sum(spec, waiting, slots)}) ÷ 0.9, rounded up to ${shown}`);
}

function request(spec: SettledPod, memoryLimit: number): Figure {
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
  spec: SettledPod,
  waiting: Waiting | undefined,
  pool: { readonly slots: number; readonly memoryLimit: number; readonly decidedBy: string },
  problems: Problem[],
): void {
  const { slots, memoryLimit, decidedBy } = pool;
  const { one, perOne } = spec.work;
  const need = memoryNeed(spec, waiting, slots);
  if (need > BYTES_MAX) {
    const bound = waiting === undefined ? '' : ` or ${waiting.boundedBy}`;
    problems.push({
      prop: decidedBy,
      wanted: `must fit into ${formatQuantity(BYTES_MAX, 'bytes')} of memory`,
      got: `${sum(spec, waiting, slots)} = ${formatQuantity(need, 'bytes')}`,
      fix: `Lower it, or correct ${one}.memory.${perOne}${bound}.`,
    });
  } else if (need > heapLimit(memoryLimit)) {
    problems.push({
      prop: spec.memoryLimit === undefined ? 'resources.memory.request' : 'resources.memory.limit',
      wanted:
        `must be ${formatQuantity(limitFor(need), 'bytes')} or more: (${sum(spec, waiting, slots)}) ÷ 0.9,` +
        ' since Go keeps its heap below 0.9 × limit (GOMEMLIMIT)',
      got: formatQuantity(memoryLimit, 'bytes'),
      fix: memoryFix(spec, waiting, slots, memoryLimit),
    });
  }
}

function memoryFix(
  spec: SettledPod,
  waiting: Waiting | undefined,
  slots: number,
  memoryLimit: number,
): string {
  const concurrency = spec.concurrency === undefined ? 0 : slotsWithin(spec, waiting, memoryLimit);
  const room = heapLimit(memoryLimit) - busyNeed(spec, slots);
  const ways = [
    ...(concurrency >= 1 ? [`lower concurrency to ${formatNumber(concurrency)}`] : []),
    ...(waiting?.fixes(slots, room) ?? []),
  ];
  const raise = `Raise it, or leave it out to size it from the ${spec.work.unit}`;
  return ways.length === 0 ? `${raise}.` : `${raise}; or ${ways.join(', or ')}.`;
}
