import { type Figure, figure } from './figure';
import type { Figures } from './figures';
import { formatNumber, formatQuantity } from './format';
import {
  HPA_PERIOD_MAX_SECONDS,
  HPA_SYNC_SECONDS,
  HPA_TOLERANCE,
  HPA_WINDOW_MAX_SECONDS,
} from './kubernetes';
import type { Problem } from './problem';
import { ceilToFraction, floorNoisy, multipleAbove } from './rounding';
import { provenance, type SettledSpec, type SettledWorker } from './settled-spec';

/** Doubling each look is as fast as a measured utilisation of 1 can justify for long. */
const UP_PERCENT = 100;

/** Pods that may always be added, so that small counts and a count of zero grow as well. */
const UP_PODS = 4;

/** Share of the pods that may be draining after scale-in. */
export const DOWN_PERCENT = 25;

/** The autoscaler's own default window: shorter ones make the count follow noise. */
const WINDOW_MIN_SECONDS = 300;

const DOWN_PERIOD_MIN_SECONDS = 60;

/** How fast pods are taken away. */
export interface ScaleDown {
  readonly windowSeconds: number;
  readonly periodSeconds: number;
}

/**
 * Window and period of scale-in, both longer than the grace period (where the API allows it), so that the pods of
 * one step have ended before the next step, and before pods that were added again may be taken away.
 */
export function scaleDown(graceSeconds: number): ScaleDown {
  const outlast = multipleAbove(graceSeconds, HPA_SYNC_SECONDS);
  return {
    windowSeconds: Math.min(HPA_WINDOW_MAX_SECONDS, Math.max(WINDOW_MIN_SECONDS, outlast)),
    periodSeconds: Math.min(HPA_PERIOD_MAX_SECONDS, Math.max(DOWN_PERIOD_MIN_SECONDS, outlast)),
  };
}

type ScalingFigures = Pick<
  Figures,
  | 'minReplicas'
  | 'maxReplicas'
  | 'targetUtilization'
  | 'scaleUpPercent'
  | 'scaleUpPods'
  | 'scaleUpPeriod'
  | 'scaleDownWindow'
  | 'scaleDownPercent'
  | 'scaleDownPeriod'
>;

/**
 * The numbers of the HorizontalPodAutoscaler.
 *
 * @param share what the utilisation is a share of, such as `busy ÷ slots`
 */
export function scaling(spec: SettledSpec, graceSeconds: number, share: string): ScalingFigures {
  return {
    ...bounds(spec),
    targetUtilization: targetUtilization(spec, share),
    ...scaleUpFigures(),
    ...scaleDownFigures(graceSeconds),
  };
}

function bounds(spec: SettledSpec): Pick<Figures, 'minReplicas' | 'maxReplicas'> {
  const zero =
    spec.minReplicas === 0
      ? '; only what the broker counts leads out of zero, as no pod is left to measure'
      : '';
  return {
    minReplicas: figure(spec.minReplicas, 'pods', (shown) => `${shown}, given as scale.min${zero}`),
    maxReplicas: figure(spec.maxReplicas, 'pods', (shown) => `${shown}, given as scale.max`),
  };
}

function targetUtilization(spec: SettledSpec, share: string): Figure {
  const { value } = spec.targetUtilization;
  const above = formatNumber(value * (1 + HPA_TOLERANCE));
  return figure(
    value,
    'ratio',
    (shown) =>
      `${shown}, ${provenance(spec.targetUtilization, 'scale.targetUtilization')}: with a tolerance of ` +
      `${HPA_TOLERANCE} pods are added above ${above} ${share}, which has to be below 1`,
  );
}

/** Tasks that may wait for each pod before the autoscaler adds one: what it works off within `scale.drainWithin`. */
export function backlogPerReplica(spec: SettledWorker, throughputPerPod: number): Figure {
  const within = formatQuantity(spec.drainWithinSeconds, 'seconds');
  return figure(
    Math.max(1, floorNoisy(throughputPerPod * spec.drainWithinSeconds)),
    'tasks',
    (shown) =>
      `${formatQuantity(throughputPerPod, 'tasks/s')} × ${within} (scale.drainWithin), rounded down to ${shown}`,
  );
}

function scaleUpFigures(): Pick<Figures, 'scaleUpPercent' | 'scaleUpPods' | 'scaleUpPeriod'> {
  return {
    scaleUpPercent: figure(
      UP_PERCENT,
      'percent',
      (shown) => `${shown}: the count may double in a period, with no window to wait for`,
    ),
    scaleUpPods: figure(
      UP_PODS,
      'pods',
      (shown) =>
        `${shown} may always be added: a percentage alone is slow at small counts and never leaves zero`,
    ),
    scaleUpPeriod: figure(
      HPA_SYNC_SECONDS,
      'seconds',
      (shown) => `${shown}: once each time the autoscaler looks`,
    ),
  };
}

function scaleDownFigures(
  graceSeconds: number,
): Pick<Figures, 'scaleDownWindow' | 'scaleDownPercent' | 'scaleDownPeriod'> {
  const { windowSeconds, periodSeconds } = scaleDown(graceSeconds);
  const grace = formatQuantity(graceSeconds, 'seconds');
  const rule = (least: number, most: number) =>
    `at least ${formatQuantity(least, 'seconds')}, above the grace period of ${grace} in steps of 15 s, at most ` +
    `the API's ${formatQuantity(most, 'seconds')}`;
  return {
    scaleDownWindow: figure(
      windowSeconds,
      'seconds',
      (shown) => `${shown}: ${rule(WINDOW_MIN_SECONDS, HPA_WINDOW_MAX_SECONDS)}`,
    ),
    scaleDownPercent: figure(
      DOWN_PERCENT,
      'percent',
      (shown) =>
        `${shown} of the pods may go in a period, so that most of them keep working while those drain`,
    ),
    scaleDownPeriod: figure(
      periodSeconds,
      'seconds',
      (shown) => `${shown}: ${rule(DOWN_PERIOD_MIN_SECONDS, HPA_PERIOD_MAX_SECONDS)}`,
    ),
  };
}

/**
 * Refuses a time to drain that no number of pods can keep.
 *
 * @param busySeconds what an average task takes while all slots are busy
 */
export function checkDrainWithin(spec: SettledWorker, busySeconds: number, problems: Problem[]): void {
  if (spec.drainWithinSeconds < busySeconds * (1 - 1e-9)) {
    const least = ceilToFraction(busySeconds, 1000);
    problems.push({
      prop: 'scale.drainWithin',
      wanted: `must be ${formatQuantity(least, 'seconds')} or more, what an average task takes in a busy pod`,
      got: formatQuantity(spec.drainWithinSeconds, 'seconds'),
      fix: 'Raise it: more pods do not make a single task faster.',
    });
  }
}
