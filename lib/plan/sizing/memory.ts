import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatQuantity } from '../format';
import { BYTES_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilToMultiple } from '../rounding';
import type { SettledSpec } from '../settled-spec';

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
function memoryNeed(spec: SettledSpec, slots: number): number {
  return Math.ceil(spec.memory.base + spec.memory.perTask * slots);
}

function limitFor(need: number): number {
  return ceilToMultiple(Math.ceil((need * 10) / 9), MIB);
}

function sum(spec: SettledSpec, slots: number): string {
  const { base, perTask } = spec.memory;
  return `${formatQuantity(base, 'bytes')} + ${formatQuantity(slots, 'slots')} × ${formatQuantity(perTask, 'bytes')}`;
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
      fix: 'Lower it, or correct task.memory.perTask.',
    });
  } else if (need > heapLimit(memoryLimit)) {
    problems.push({
      prop: spec.memoryLimit === undefined ? 'resources.memory.request' : 'resources.memory.limit',
      wanted:
        `must be ${formatQuantity(limitFor(need), 'bytes')} or more: (${sum(spec, slots)}) ÷ 0.9,` +
        ' since Go keeps its heap below 0.9 × limit (GOMEMLIMIT)',
      got: formatQuantity(memoryLimit, 'bytes'),
      fix: memoryFix(spec, memoryLimit),
    });
  }
}

function memoryFix(spec: SettledSpec, memoryLimit: number): string {
  const room = Math.floor((heapLimit(memoryLimit) - spec.memory.base) / spec.memory.perTask);
  const raise = 'Raise it, or leave it out to size it from the tasks';
  return spec.concurrency !== undefined && room >= 1
    ? `${raise}; or lower concurrency to ${room}.`
    : `${raise}.`;
}
