import { PREFETCH_FACTOR } from './fetch';
import { type Figure, figure } from './figure';
import { formatNumber, formatQuantity } from './format';
import { HPA_TOLERANCE } from './kubernetes';
import type { Problem } from './problem';
import { queueWait } from './queueing/queue';
import { variationOf } from './queueing/service-time';
import { utilizationFor } from './queueing/target';
import { ceilToFraction } from './rounding';
import type { SettledWorker } from './settled-spec';

const PROP = 'scale.wait.p99';

/** The share of tasks that it is about. */
const WAIT_SHARE = 0.99;

/** Metric targets are given in thousandths. */
const TARGET_PARTS = 1000;

/** Nine of ten slots idle: below that more slots are not what helps. */
const TARGET_MIN = 0.1;

/**
 * Utilisation ends at 1, so from a target of 0.8 on the autoscaler adds at most a quarter in one look, however far
 * behind the pods are.
 */
const TARGET_MAX = 0.8;

/** The pods whose tasks wait. */
export interface WaitingPod {
  readonly slots: number;
  /** tasks/s of a pod with all slots busy. */
  readonly throughput: number;
  /** Seconds of an average task while all slots are busy. */
  readonly busySeconds: number;
}

/** One line of tasks. */
interface Line {
  readonly servers: number;
  readonly meanSeconds: number;
  readonly serviceVariation: number;
  /** Seconds that a task is under way to a pod or behind the slots of the one that fetched it. */
  readonly aheadSeconds: number;
  /** For reasons: `2 slots × 3 pods that share a queue`. */
  readonly shown: string;
}

/**
 * The target utilisation that keeps `scale.wait.p99`: within its tolerance the autoscaler adds no pod, so the wait has
 * to be kept at 1.1 × target. It counts the fewest pods, where the wait is longest, with independent arrivals and
 * lognormal durations. What a sudden rise of load adds until new pods are there is not in it: `simulate` shows that.
 */
export function waitTarget(spec: SettledWorker, pod: WaitingPod, problems: Problem[]): Figure | undefined {
  const wanted = spec.waitSeconds;
  if (wanted === undefined) return undefined;
  const line = lineOf(spec, pod);
  const least = leastWait(line);
  const isLegal = !problems.some(({ prop }) => prop === PROP);
  if (isLegal && wanted < least) {
    problems.push(tooShort(wanted, ceilToFraction(least, 10_000), line));
  }
  const highest = utilizationFor({
    ...line,
    share: WAIT_SHARE,
    waitSeconds: Math.max(0, Math.max(wanted, least) - line.aheadSeconds),
  });
  const exact = Math.floor((highest / (1 + HPA_TOLERANCE)) * TARGET_PARTS) / TARGET_PARTS;
  const value = Math.min(TARGET_MAX, Math.max(TARGET_MIN, exact));
  const reached = formatNumber(value * (1 + HPA_TOLERANCE));
  return figure(
    value,
    'ratio',
    (shown) =>
      `${shown}: ${line.shown} keep 99 of 100 tasks from waiting longer than ` +
      `${formatQuantity(wanted, 'seconds')} (scale.wait.p99) up to ${reached} busy ÷ slots, where, with a tolerance of ` +
      `${HPA_TOLERANCE}, pods are added${exact > value ? '; not higher, so that each look can add a quarter' : ''}`,
  );
}

function lineOf(spec: SettledWorker, { slots, throughput, busySeconds }: WaitingPod): Line {
  const isShared = spec.delivery === 'pull' && spec.held === undefined;
  const pods = Math.max(1, spec.minReplicas);
  const ahead = Math.round(PREFETCH_FACTOR * throughput * spec.roundTripSeconds);
  const each = formatQuantity(slots, 'slots');
  return {
    servers: isShared ? slots * pods : slots,
    meanSeconds: busySeconds,
    serviceVariation: variationOf(spec.meanSeconds, spec.maxSeconds),
    aheadSeconds: spec.roundTripSeconds + (ahead * busySeconds) / slots,
    shown: isShared
      ? `${each} × ${formatQuantity(pods, 'pods')} on one queue`
      : `${each} on each pod's queue`,
  };
}

/** The wait that pods keep who are as idle as is reasonable. */
function leastWait({ aheadSeconds, ...line }: Line): number {
  const utilization = TARGET_MIN * (1 + HPA_TOLERANCE);
  const arrivalRate = (utilization * line.servers) / line.meanSeconds;
  return aheadSeconds + queueWait({ ...line, arrivalRate }).quantileSeconds(WAIT_SHARE);
}

function tooShort(wanted: number, least: number, line: Line): Problem {
  return {
    prop: PROP,
    wanted:
      `must be ${formatQuantity(least, 'seconds')} or more: so long waits one task of 100 with ${line.shown} ` +
      `even at a target utilisation of ${TARGET_MIN}`,
    got: formatQuantity(wanted, 'seconds'),
    fix: 'Raise it, raise scale.min or concurrency, or lower task.duration.mean and task.duration.max.',
  };
}
