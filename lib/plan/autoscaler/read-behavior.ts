import { HPA_PERIOD_MAX_SECONDS, HPA_WINDOW_MAX_SECONDS } from '../kubernetes';
import { approximateValue, readQuantity } from './quantity';
import type { Reader } from './reader';
import type { AutoscalerSpec, ScalingPolicy, ScalingRules } from './spec';

/** What the API server puts where scaleUp says nothing (`GenerateHPAScaleUpRules`). */
const SCALE_UP: ScalingRules = {
  windowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

/** What it puts where scaleDown says nothing; the window is the controller's. */
const SCALE_DOWN: ScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** The rules of a spec, with their defaults; nothing when it has no `behavior` at all. */
export function readBehavior(behavior: Reader): AutoscalerSpec['behavior'] {
  if (behavior.isAbsent) return undefined;
  if (behavior.isObject('Give scaleUp and scaleDown, or leave it out.'))
    behavior.only('scaleUp', 'scaleDown');
  return {
    scaleUp: readRules(behavior.field('scaleUp'), SCALE_UP),
    scaleDown: readRules(behavior.field('scaleDown'), SCALE_DOWN),
  };
}

function readRules(rules: Reader, defaults: ScalingRules): ScalingRules {
  if (rules.isAbsent) return defaults;
  if (rules.isObject('Give policies, selectPolicy, stabilizationWindowSeconds or tolerance.')) {
    rules.only('stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance');
  }
  const window = rules.field('stabilizationWindowSeconds');
  const policies = rules.field('policies');
  const tolerance = rules.field('tolerance');
  return {
    ...defaults,
    ...(window.isAbsent
      ? {}
      : {
          windowSeconds: window.number(
            { least: 0, most: HPA_WINDOW_MAX_SECONDS, whole: true },
            'Give seconds within an hour.',
          ),
        }),
    ...(tolerance.isAbsent ? {} : { tolerance: readTolerance(tolerance) }),
    selectPolicy: rules
      .field('selectPolicy')
      .oneOf(['Max', 'Min', 'Disabled'], 'Say which policy wins.', defaults.selectPolicy),
    policies: policies.isAbsent
      ? defaults.policies
      : policies.list('Give a policy, or leave policies out.').map(readPolicy),
  };
}

function readTolerance(tolerance: Reader): number {
  const quantity = tolerance.parsed(
    readQuantity,
    'must be a quantity of 0 or more',
    "Give one such as '0.05'.",
  );
  return quantity === undefined ? 0 : approximateValue(quantity);
}

function readPolicy(policy: Reader): ScalingPolicy {
  const most = 2 ** 31 - 1;
  policy.only('type', 'value', 'periodSeconds');
  return {
    type: policy.field('type').oneOf(['Pods', 'Percent'], 'Say what value counts.'),
    value: policy.field('value').number({ least: 1, most, whole: true }, 'Give pods or percent.'),
    periodSeconds: policy
      .field('periodSeconds')
      .number({ least: 1, most: HPA_PERIOD_MAX_SECONDS, whole: true }, 'Give seconds within half an hour.'),
  };
}
