import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatQuantity } from '../format';
import { DOWN_PERCENT, type ScaleDown } from '../scaling';
import type { Work } from '../work';

/** What the number of pods at the peak follows from. */
export interface PeakInput {
  readonly min: number;
  readonly max: number;
  readonly surge: number;
  /** Pods that may be missing in a rolling update. */
  readonly unavailable: number;
  readonly minReadySeconds: number;
  readonly graceSeconds: number;
  readonly scaleDown: ScaleDown;
}

/** Most pods that exist at the same time, in each case; pods that drain are counted until they are gone. */
export interface PeakPods {
  readonly steady: number;
  readonly rollingUpdate: number;
  readonly blueGreen: number;
}

/** Most pods that exist at the same time, in each case. */
export function peakPods(input: PeakInput): PeakPods {
  return {
    steady: input.max + drainingAfterScaleIn(input),
    rollingUpdate:
      input.surge + input.unavailable === 0
        ? input.max
        : input.max + Math.min(input.max, input.surge + drainingInRollingUpdate(input)),
    blueGreen: 2 * input.max,
  };
}

/**
 * Pods that may still drain when the autoscaler is back at `max`.
 *
 * A pod drains for at most `grace` g, so only removals within the last g count. In any period p a share of 25 %
 * may be removed, ⌈max/4⌉ at most, and ⌊g/p⌋ + 1 periods cover a closed span of length g. The share is of the
 * count at the start of the period, less what was added in it, but nothing was: the window w ≥ p keeps the
 * highest recommendation, so no removal follows an addition within w. For the same reason ⌊g/w⌋ + 1 descents from
 * max to min are the most that fit into g.
 */
function drainingAfterScaleIn({ min, max, graceSeconds, scaleDown }: PeakInput): number {
  const perPeriod = Math.ceil((max * DOWN_PERCENT) / 100);
  const periods = Math.floor(graceSeconds / scaleDown.periodSeconds) + 1;
  const descents = Math.floor(graceSeconds / scaleDown.windowSeconds) + 1;
  return Math.min(periods * perPeriod, descents * Math.max(0, max - min));
}

/**
 * Old pods that may drain at the same time in one rolling update of n = `max` pods.
 *
 * Let C(t) be the new pods created, A(t) those available and D(t) the old pods deleted until t, s the surge, u the pods
 * that may be missing and m = minReadySeconds. The Deployment controller keeps
 *
 * - at most n + s pods that are not being deleted: n − D(t) + C(t) ≤ n + s, so C(t) ≤ D(t) + s;
 * - at least n − u available ones:                 n − D(t) + A(t) ≥ n − u, so D(t) ≤ A(t) + u;
 * - and a pod is available only after being ready for m:                    A(t) ≤ C(t − m).
 *
 * Hence D(t) ≤ A(t) + u ≤ C(t − m) + u ≤ D(t − m) + s + u: at most s + u old pods are deleted in any span of length m.
 * ⌊g/m⌋ + 1 such spans cover the grace period g in which a deleted pod may still exist. With m = 0 there is no bound but n.
 *
 * The update creates at most n new pods, so old and new together are never more than 2n ({@link peakPods}).
 */
function drainingInRollingUpdate(input: PeakInput): number {
  const { max, surge, unavailable, minReadySeconds, graceSeconds } = input;
  return minReadySeconds === 0
    ? max
    : Math.min(max, (surge + unavailable) * (Math.floor(graceSeconds / minReadySeconds) + 1));
}

/** Names of the peaks. */
export type PeakFigures = Pick<
  Figures,
  | 'peakPodsSteady'
  | 'peakPodsRollingUpdate'
  | 'peakPodsBlueGreen'
  | 'peakConcurrencySteady'
  | 'peakConcurrencyRollingUpdate'
  | 'peakConcurrencyBlueGreen'
>;

/** The peaks with their reasons. */
export function peakFigures(input: PeakInput, slots: number, { unit }: Work): PeakFigures {
  const pods = peakPods(input);
  const max = formatQuantity(input.max, 'pods');
  return {
    peakPodsSteady: figure(
      pods.steady,
      'pods',
      (shown) =>
        `${max} + ${drainingAfterScaleIn(input)} still draining after a scale-in = ${shown}, when the autoscaler goes in and out again`,
    ),
    peakPodsRollingUpdate: rollingUpdate(input, pods.rollingUpdate),
    peakPodsBlueGreen: figure(
      pods.blueGreen,
      'pods',
      (shown) => `2 × ${max} = ${shown}, when both colours are at scale.max`,
    ),
    peakConcurrencySteady: concurrency(slots, pods.steady, unit, 'while the autoscaler moves'),
    peakConcurrencyRollingUpdate: concurrency(slots, pods.rollingUpdate, unit, 'in a rolling update'),
    peakConcurrencyBlueGreen: concurrency(slots, pods.blueGreen, unit, 'in a blue/green release'),
  };
}

function rollingUpdate(input: PeakInput, pods: number): Figure {
  const draining = drainingInRollingUpdate(input);
  const max = formatQuantity(input.max, 'pods');
  const each =
    input.unavailable === 0
      ? `${input.surge}`
      : `(${input.surge} + ${input.unavailable} that may be missing)`;
  if (input.surge + input.unavailable === 0) {
    return figure(
      pods,
      'pods',
      (shown) => `${shown}: without surge, old pods are gone before new ones start`,
    );
  }
  return figure(pods, 'pods', (shown) =>
    input.surge + draining > input.max
      ? `2 × ${max} = ${shown}: with a grace period of ${formatQuantity(input.graceSeconds, 'seconds')} all old pods may still drain beside all new ones`
      : `${max} + ${input.surge} surge + ${draining} draining (${each} × (⌊${formatQuantity(input.graceSeconds, 'seconds')} ÷ ` +
        `${formatQuantity(input.minReadySeconds, 'seconds')}⌋ + 1)) = ${shown}`,
  );
}

function concurrency(slots: number, pods: number, unit: Work['unit'], when: string): Figure {
  return figure(
    slots * pods,
    unit,
    (shown) => `${formatQuantity(slots, 'slots')} × ${formatQuantity(pods, 'pods')} ${when} = ${shown}`,
  );
}
