import { type Figure, figure } from './figure';
import { formatQuantity } from './format';
import type { Problem } from './problem';
import { floorNoisy } from './rounding';
import type { SettledPod } from './settled-spec';

/** What a pod with all slots busy achieves. */
interface Throughput {
  readonly throughputPerPod: Figure;
  /** Seconds that an average task or request takes while all slots are busy: its duration, or longer when CPU is short. */
  readonly busySeconds: number;
}

/**
 * Tasks or requests per second of one pod: the slots bound it (Little's law), or the CPU does, or a
 * rate that the program gives.
 *
 * @param ceiling cores that the pod can use at most
 */
export function throughput(spec: SettledPod, slots: number, ceiling: number): Throughput {
  const bySlots = slots / spec.meanSeconds;
  const byCpu = ceiling / spec.cpuSeconds;
  const slotsText = `${formatQuantity(slots, 'slots')} ÷ ${formatQuantity(spec.meanSeconds, 'seconds')}`;
  const cpuText = `${formatQuantity(ceiling, 'cores')} ÷ ${formatQuantity(spec.cpuSeconds, 'seconds')} of CPU`;
  const rate = (value: number) => formatQuantity(value, spec.work.rate);
  const unbound =
    bySlots <= byCpu
      ? figure(
          bySlots,
          spec.work.rate,
          (n) => `${slotsText} = ${n}: the slots bind, the CPU would allow ${rate(byCpu)}`,
        )
      : figure(
          byCpu,
          spec.work.rate,
          (n) => `${cpuText} = ${n}: the CPU binds, the slots would allow ${rate(bySlots)}`,
        );
  const throughputPerPod = boundByRate(unbound, spec);
  return { throughputPerPod, busySeconds: Math.max(spec.meanSeconds, (slots * spec.cpuSeconds) / ceiling) };
}

/** What a rate of the program's own leaves of a throughput. */
function boundByRate(unbound: Figure, { ratePerPod, work }: SettledPod): Figure {
  if (ratePerPod === undefined || ratePerPod >= unbound.value) return unbound;
  const allowed = formatQuantity(unbound.value, work.rate);
  return figure(
    ratePerPod,
    work.rate,
    (n) => `${n}, given as protect.rate.perPod: slots and CPU would allow ${allowed}`,
  );
}

/** Refuses a pool so short of CPU that its average task or request would be cancelled at its deadline. */
export function checkStarvation(
  spec: SettledPod,
  slots: number,
  ceiling: number,
  busySeconds: number,
  problems: Problem[],
): void {
  if (busySeconds <= spec.maxSeconds * (1 + 1e-9)) {
    return;
  }
  const { one } = spec.work;
  const cpuProp = typeof spec.cpuLimit === 'number' ? 'resources.cpu.limit' : 'resources.cpu.request';
  const fitting = floorNoisy((spec.maxSeconds * ceiling) / spec.cpuSeconds);
  const cores = formatQuantity((slots * spec.cpuSeconds) / spec.maxSeconds, 'cores');
  const raise = `raise ${cpuProp} above ${cores}`;
  problems.push({
    prop: spec.concurrency === undefined ? cpuProp : 'concurrency',
    wanted: `must leave each ${one} the CPU to end within ${formatQuantity(spec.maxSeconds, 'seconds')} (${one}.duration.max)`,
    got:
      `${formatQuantity(slots, 'slots')} × ${formatQuantity(spec.cpuSeconds, 'seconds')} ÷ ` +
      `${formatQuantity(ceiling, 'cores')} = ${formatQuantity(busySeconds, 'seconds')} for an average ${one}`,
    fix:
      spec.concurrency !== undefined && fitting >= 1
        ? `Lower it to ${fitting}, or ${raise}.`
        : `${raise.charAt(0).toUpperCase()}${raise.slice(1)}, or raise ${one}.duration.max.`,
  });
}
