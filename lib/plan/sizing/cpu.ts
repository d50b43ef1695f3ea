import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatQuantity } from '../format';
import { CORES_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilNoisy, ceilToFraction } from '../rounding';
import type { SettledPod } from '../settled-spec';

/**
 * Requests go in steps of 10m, the least CPU that a limit can enforce: the kubelet sets a quota of at least 1 ms
 * in a period of 100 ms. It is also about what an idle worker uses for probes, scrapes and heartbeats.
 */
const REQUEST_PARTS = 100;

/** A marking garbage collector takes a quarter of GOMAXPROCS on top of the work (Go runtime, `gcBackgroundUtilization`). */
const LIMIT_HEADROOM = 1.25;

/** From this limit on Go's own GOMAXPROCS is right: since 1.25 it is the cgroup limit rounded up, at least 2. */
export const GO_LEAST_PROCS = 2;

/** CPU of a pod. */
interface Cpu extends Pick<Figures, 'cpuRequest' | 'cpuLimit' | 'gomaxprocs'> {
  /** Cores that the pod can use at most: its limit, or GOMAXPROCS without one. */
  readonly ceiling: number;
}

/**
 * Sizes the CPU from what the slots use: a busy slot takes cpuTime ÷ mean duration of a core.
 *
 * @param slots slots of the pool
 */
export function sizeCpu(spec: SettledPod, slots: number): Cpu {
  const need = (slots * spec.cpuSeconds) / spec.meanSeconds;
  const cpuRequest = request(spec, slots, need);
  const cpuLimit = limit(spec, need, cpuRequest.value);
  const gomaxprocs = procs(cpuLimit, cpuRequest.value);
  const common = { cpuRequest, ...(gomaxprocs && { gomaxprocs }) };
  return cpuLimit === undefined
    ? { ...common, ceiling: procsFor(cpuRequest.value) }
    : { ...common, cpuLimit, ceiling: cpuLimit.value };
}

function request(spec: SettledPod, slots: number, need: number): Figure {
  if (spec.cpuRequest !== undefined) {
    return figure(spec.cpuRequest, 'cores', (shown) => `${shown}, given as resources.cpu.request`);
  }
  const given = typeof spec.cpuLimit === 'number' ? spec.cpuLimit : Number.POSITIVE_INFINITY;
  const derived = Math.max(1 / REQUEST_PARTS, ceilToFraction(need, REQUEST_PARTS));
  const use = `${formatQuantity(slots, 'slots')} × ${formatQuantity(spec.cpuSeconds, 'seconds')} ÷ ${formatQuantity(spec.meanSeconds, 'seconds')}`;
  return derived > given
    ? figure(
        given,
        'cores',
        (shown) =>
          `the limit, ${shown}: the ${spec.work.unit} would use ${use} = ${formatQuantity(need, 'cores')}`,
      )
    : figure(
        derived,
        'cores',
        (shown) => `${use} = ${formatQuantity(need, 'cores')}, rounded up to 10m: ${shown}`,
      );
}

function limit(spec: SettledPod, need: number, cpuRequest: number): Figure | undefined {
  if (spec.cpuLimit === 'none') {
    return undefined;
  }
  if (spec.cpuLimit !== undefined) {
    return figure(spec.cpuLimit, 'cores', (shown) => `${shown}, given as resources.cpu.limit`);
  }
  const busy = Math.max(need, cpuRequest);
  return figure(
    ceilNoisy(LIMIT_HEADROOM * busy),
    'cores',
    (shown) =>
      `1.25 × ${formatQuantity(busy, 'cores')}, a quarter for the garbage collector, rounded up to ${shown}, so that GOMAXPROCS can equal it`,
  );
}

function procsFor(cores: number): number {
  return Math.max(1, Math.ceil(cores));
}

/** GOMAXPROCS of a pod; `undefined` where Go reads the limit itself. */
export function procs(cpuLimit: Figure | undefined, cpuRequest: number): Figure | undefined {
  if (cpuLimit === undefined) {
    return figure(
      procsFor(cpuRequest),
      'count',
      (shown) =>
        `${formatQuantity(cpuRequest, 'cores')} requested, rounded up to ${shown}: without a limit Go would take the whole node`,
    );
  }
  if (cpuLimit.value >= GO_LEAST_PROCS) {
    return undefined;
  }
  return figure(
    procsFor(cpuLimit.value),
    'count',
    (shown) =>
      `a limit of ${formatQuantity(cpuLimit.value, 'cores')} rounded up to ${shown}: below 2 cores Go would take at least 2 and be throttled`,
  );
}

/** Refuses a pod that no machine has the CPU for. */
export function checkCpu(
  { work }: SettledPod,
  ceiling: number,
  decidedBy: string,
  problems: Problem[],
): void {
  if (ceiling > CORES_MAX) {
    problems.push({
      prop: decidedBy,
      wanted: `must fit into ${formatQuantity(CORES_MAX, 'cores')}`,
      got: formatQuantity(ceiling, 'cores'),
      fix: `Lower it, or correct ${work.one}.cpuTime and ${work.one}.duration.mean.`,
    });
  }
}
