import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import { SLOTS_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilNoisy } from '../rounding';
import type { SettledPod } from '../settled-spec';
import { slotsFormula, slotsWithin } from './memory';
import type { Waiting } from './waiting';

/** The bound inside the pod. */
interface Pool {
  readonly poolSlots: Figure;
  /** The property that decided the number of slots; problems of the pool are reported at it. */
  readonly decidedBy: string;
}

interface Bound {
  readonly slots: number;
  readonly decidedBy: string;
  readonly reason: (shown: string) => string;
}

/**
 * Sizes the pool: as given, or by Little's law (slots = rate × time, with the rate that the CPU allows), but no
 * more than the memory holds.
 */
export function sizePool(spec: SettledPod, waiting: Waiting | undefined, problems: Problem[]): Pool {
  const bound = tightestBound(spec, waiting);
  if (bound.slots > SLOTS_MAX) {
    problems.push({
      prop: bound.decidedBy,
      wanted: `must keep at most ${formatNumber(SLOTS_MAX)} slots busy`,
      got: formatQuantity(bound.slots, 'slots'),
      fix: 'Lower it, or give concurrency.',
    });
  }
  const slots = Math.min(SLOTS_MAX, Math.max(1, bound.slots));
  return { poolSlots: figure(slots, 'slots', bound.reason), decidedBy: bound.decidedBy };
}

function tightestBound(spec: SettledPod, waiting: Waiting | undefined): Bound {
  if (spec.concurrency !== undefined) {
    return { slots: spec.concurrency, decidedBy: 'concurrency', reason: (n) => `${n}, given as concurrency` };
  }
  const cpu = cpuBound(spec);
  const memory = memoryBound(spec, waiting);
  if (cpu !== undefined && memory !== undefined) {
    return memory.slots < cpu.slots
      ? {
          ...memory,
          reason: (n) => `${memory.reason(n)}; the CPU would keep ${formatNumber(cpu.slots)} busy`,
        }
      : cpu;
  }
  return (
    cpu ??
    memory ?? { slots: 1, decidedBy: 'concurrency', reason: (n) => `${n}, for want of a number to size by` }
  );
}

function cpuBound(spec: SettledPod): Bound | undefined {
  const fromLimit = spec.cpuRequest === undefined;
  const cores = fromLimit ? spec.cpuLimit : spec.cpuRequest;
  if (typeof cores !== 'number') {
    return undefined;
  }
  const of = `${formatQuantity(cores, 'cores')} × ${formatQuantity(spec.meanSeconds, 'seconds')}`;
  return {
    slots: ceilNoisy((cores * spec.meanSeconds) / spec.cpuSeconds),
    decidedBy: fromLimit ? 'resources.cpu.limit' : 'resources.cpu.request',
    reason: (n) =>
      `${of} ÷ ${formatQuantity(spec.cpuSeconds, 'seconds')} of CPU per ${spec.work.one}, rounded up to ${n}`,
  };
}

function memoryBound(spec: SettledPod, waiting: Waiting | undefined): Bound | undefined {
  const limit = spec.memoryLimit ?? spec.memoryRequest;
  const growsWithSlots = spec.memory.each > 0 || waiting?.growsWithSlots === true;
  if (limit === undefined || !growsWithSlots) {
    return undefined;
  }
  const slots = Math.max(1, slotsWithin(spec, waiting, limit));
  return {
    slots,
    decidedBy: spec.memoryLimit === undefined ? 'resources.memory.request' : 'resources.memory.limit',
    reason: slotsFormula(spec, waiting, limit, slots),
  };
}
