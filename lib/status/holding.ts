import type { AutoscalerSpec, ScalingRules } from '../plan/autoscaler/spec';
import type { Fields } from '../plan/fields';
import { formatNumber } from '../plan/format';
import type { MetricWish } from './scaling';
import { conditionOf } from './view';

/** What keeps an autoscaler from what its metrics ask for. */
export interface Holding {
  readonly by: 'metric' | 'tolerance' | 'stabilization' | 'policy' | 'min' | 'max' | 'zero' | 'error';
  /** How, in a few words. */
  readonly text: string;
}

/** What it follows from. */
export interface Wishes {
  readonly min: number;
  readonly max: number;
  readonly current: number;
  readonly wanted: number | undefined;
  readonly metrics: readonly MetricWish[];
  readonly spec: AutoscalerSpec;
  readonly autoscaler: Fields;
}

/** Seconds for which kube-controller-manager looks back before it takes pods away, where nobody says otherwise. */
const DOWN_WINDOW_SECONDS = 300;

/** What keeps an autoscaler from what its metrics ask for; `undefined`: nothing, or nothing that is known yet. */
export function holdingOf(wishes: Wishes): Holding | undefined {
  const { current, wanted, autoscaler } = wishes;
  const [able, active] = ['AbleToScale', 'ScalingActive'].map((type) => conditionOf(autoscaler, type));
  if (active?.status === 'False') {
    return active.reason === 'ScalingDisabled'
      ? { by: 'zero', text: 'the number of pods is 0, and somebody else set it so' }
      : { by: 'metric', text: String(active.message ?? active.reason) };
  }
  if (able?.status === 'False') return { by: 'error', text: String(able.message ?? able.reason) };
  if (wanted === undefined) return undefined;
  if (wanted > current) return heldUp(wishes, String(able?.reason));
  if (wanted < current) return heldDown(wishes, String(able?.reason));
  return tolerated(wishes);
}

function heldUp({ current, max, spec, autoscaler }: Wishes, able: string): Holding | undefined {
  if (current >= max) return { by: 'max', text: `maxReplicas is ${max}` };
  const rules = spec.behavior?.scaleUp;
  if (able === 'ScaleUpStabilized') return stabilized(rules?.windowSeconds ?? 0, 'lower');
  if (rules?.selectPolicy === 'Disabled') return { by: 'policy', text: 'scale-out is switched off' };
  if (limitOf(autoscaler) === 'ScaleUpLimit') return { by: 'policy', text: policyText(rules) };
  return undefined;
}

function heldDown({ current, min, metrics, spec, autoscaler }: Wishes, able: string): Holding | undefined {
  if (current <= min) return { by: 'min', text: `minReplicas is ${min}` };
  const unread = metrics.find(({ pods }) => pods === undefined);
  if (unread !== undefined)
    return { by: 'metric', text: `${unread.name} cannot be read, and might ask for more` };
  const rules = spec.behavior?.scaleDown;
  if (able === 'ScaleDownStabilized')
    return stabilized(rules?.windowSeconds ?? DOWN_WINDOW_SECONDS, 'higher');
  if (rules?.selectPolicy === 'Disabled') return { by: 'policy', text: 'scale-in is switched off' };
  if (limitOf(autoscaler) === 'ScaleDownLimit') return { by: 'policy', text: policyText(rules) };
  return undefined;
}

/** Bounds count before tolerance: what they hold is held whatever the metrics say. */
function tolerated({ metrics, spec }: Wishes): Holding | undefined {
  const near = metrics.find(({ isTolerated }) => isTolerated);
  if (near === undefined || near.value === undefined) return undefined;
  const rules = near.value > near.target ? spec.behavior?.scaleUp : spec.behavior?.scaleDown;
  const tolerance = rules?.tolerance ?? 0.1;
  // The value is that of the pods that are ready; the controller decides by all of them.
  const isOutside = Math.abs(near.value / near.target - 1) > tolerance;
  const how = isOutside ? ', unready pods counted' : ' of its target';
  return { by: 'tolerance', text: `${near.name} is within ${formatNumber(tolerance * 100)} %${how}` };
}

function stabilized(seconds: number, what: 'lower' | 'higher'): Holding {
  return {
    by: 'stabilization',
    text: `it asked for a ${what} number within the last ${formatNumber(seconds)} s`,
  };
}

/** The reason of the condition ScalingLimited, while it is true. */
function limitOf(autoscaler: Fields): string | undefined {
  const limited = conditionOf(autoscaler, 'ScalingLimited');
  return limited?.status === 'True' ? String(limited.reason) : undefined;
}

function policyText(rules: ScalingRules | undefined): string {
  if (rules === undefined) return 'at most twice the pods, or 4, at each look';
  const each = rules.policies.map(
    ({ type, value, periodSeconds }) =>
      `${formatNumber(value)} ${type === 'Percent' ? '%' : value === 1 ? 'pod' : 'pods'} in ${formatNumber(periodSeconds)} s`,
  );
  const which = rules.selectPolicy === 'Min' ? ', whichever is less' : ', whichever is more';
  return `at most ${each.join(' or ')}${each.length > 1 ? which : ''}`;
}
