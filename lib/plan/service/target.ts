import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { floorNoisy } from '../rounding';
import type { ServiceFigures } from './figures';
import type { SettledService } from './settle';

/** Below this share of the CPU request, probes, scrapes and the garbage collector decide what is measured. */
const CPU_PERCENT_MIN = 10;

/** What one pod does with all slots busy. */
interface FullPod {
  /** Requests per second. */
  readonly rate: number;
  /** Cores that it asks for. */
  readonly cpuRequest: number;
}

/** What the utilisation of a service is a share of, for reasons. */
export function shareOf({ by }: SettledService): string {
  return by === 'in-flight' ? 'requests in flight ÷ slots' : 'of what a full pod does';
}

/** The target of the autoscaler's metric, where that is not the utilisation itself. */
export function metricTarget(
  spec: SettledService,
  pod: FullPod,
): Pick<ServiceFigures, 'targetCpuUtilization' | 'targetRequestRate'> {
  switch (spec.by) {
    case 'cpu':
      return { targetCpuUtilization: cpuFigure(spec, pod) };
    case 'requests-per-second':
      return { targetRequestRate: rateFigure(spec, pod) };
    case 'in-flight':
      return {};
    default:
      return spec.by satisfies never;
  }
}

/** Percent of the CPU request that a full pod uses. */
function fullPercent(spec: SettledService, { rate, cpuRequest }: FullPod): number {
  return (100 * rate * spec.cpuSeconds) / cpuRequest;
}

/** The autoscaler takes whole percents of the request, 1 or more. */
function cpuFigure(spec: SettledService, pod: FullPod): Figure {
  const { value: share } = spec.targetUtilization;
  const used = `${formatQuantity(pod.rate, 'requests/s')} × ${formatQuantity(spec.cpuSeconds, 'seconds')}`;
  return figure(
    Math.max(1, floorNoisy(share * fullPercent(spec, pod))),
    'percent',
    (shown) =>
      `${formatNumber(share)} × ${used} ÷ ${formatQuantity(pod.cpuRequest, 'cores')}, what a full pod uses of its ` +
      `request, rounded down to ${shown}`,
  );
}

/** The autoscaler reads thousandths. */
function rateFigure(spec: SettledService, pod: FullPod): Figure {
  const { value: share } = spec.targetUtilization;
  return figure(
    Math.max(1, floorNoisy(share * pod.rate * 1000)) / 1000,
    'requests/s',
    (shown) =>
      `${formatNumber(share)} × ${formatQuantity(pod.rate, 'requests/s')} of a full pod = ${shown} for each pod`,
  );
}

/** Refuses to scale requests that mostly wait by their CPU. */
export function checkSignal(spec: SettledService, pod: FullPod, problems: Problem[]): void {
  if (spec.by !== 'cpu') return;
  const percent = spec.targetUtilization.value * fullPercent(spec, pod);
  if (percent >= CPU_PERCENT_MIN) return;
  problems.push({
    prop: 'scale.by',
    wanted:
      `must be a signal that tells a full pod from an idle one; at its target it would use ` +
      `${formatQuantity(percent, 'percent')} of its CPU request, and probes and scrapes use some of that`,
    got: "'cpu'",
    fix: "Leave it out for 'in-flight', raise concurrency, or lower resources.cpu.request.",
  });
}
