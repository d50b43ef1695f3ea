import { addInt32, toInt32 } from './integer';
import type { ScaleEvents } from './scale-events';
import type { ScalingPolicy, ScalingRules } from './spec';

const UP_FACTOR = 2;
const UP_LEAST = 4;

/** A count within what bounds and rates allow, and the reason of the condition ScalingLimited. */
export interface Limited {
  readonly desired: number;
  readonly reason: string;
}

/** What {@link limitByRules} works with. */
export interface Limits {
  readonly nowMillis: number;
  readonly current: number;
  readonly min: number;
  readonly max: number;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
  readonly events: ScaleEvents;
}

/** Bounds and the rate of scale-out of an autoscaler without rules (`convertDesiredReplicasWithRules`). */
export function limitWithoutRules(current: number, desired: number, min: number, max: number): Limited {
  const upLimit = toInt32(Math.max(UP_FACTOR * current, UP_LEAST));
  const isRate = max > upLimit;
  const most = isRate ? upLimit : max;
  if (desired < min) return { desired: min, reason: 'TooFewReplicas' };
  if (desired > most) return { desired: most, reason: isRate ? 'ScaleUpLimit' : 'TooManyReplicas' };
  return { desired, reason: 'DesiredWithinRange' };
}

/** Bounds and rates of an autoscaler with rules (`convertDesiredReplicasWithBehaviorRate`). */
export function limitByRules(desired: number, limits: Limits): Limited {
  const { current, min, max } = limits;
  if (desired > current) {
    const limit = Math.max(upLimit(limits), current);
    const isRate = max > limit;
    const most = isRate ? limit : max;
    if (desired > most) return { desired: most, reason: isRate ? 'ScaleUpLimit' : 'TooManyReplicas' };
  } else if (desired < current) {
    const limit = Math.min(downLimit(limits), current);
    const isRate = min < limit;
    const least = isRate ? limit : min;
    if (desired < least) return { desired: least, reason: isRate ? 'ScaleDownLimit' : 'TooFewReplicas' };
  }
  return { desired, reason: 'DesiredWithinRange' };
}

function upLimit({ nowMillis, current, scaleUp, events }: Limits): number {
  if (scaleUp.selectPolicy === 'Disabled') return current;
  const proposed = scaleUp.policies.map((policy) =>
    grown(events.replicasAtStart(nowMillis, current, policy), policy),
  );
  return scaleUp.selectPolicy === 'Min' ? Math.min(...proposed) : Math.max(...proposed);
}

function downLimit({ nowMillis, current, scaleDown, events }: Limits): number {
  if (scaleDown.selectPolicy === 'Disabled') return current;
  const proposed = scaleDown.policies.map((policy) =>
    shrunk(events.replicasAtStart(nowMillis, current, policy), policy),
  );
  // The smaller change is the larger count.
  return scaleDown.selectPolicy === 'Min' ? Math.max(...proposed) : Math.min(...proposed);
}

function grown(replicas: number, { type, value }: ScalingPolicy): number {
  return type === 'Pods' ? addInt32(replicas, value) : toInt32(Math.ceil(replicas * (1 + value / 100)));
}

function shrunk(replicas: number, { type, value }: ScalingPolicy): number {
  return type === 'Pods' ? addInt32(replicas, -value) : toInt32(replicas * (1 - value / 100));
}
