import type { ScalingPolicy, ScalingRules } from './spec';

interface ScaleEvent {
  readonly millis: number;
  /** Pods added or removed, 1 or more. */
  readonly change: number;
}

/** Changes of the count that the controller remembers, by direction. */
export class ScaleEvents {
  private readonly up: ScaleEvent[] = [];
  private readonly down: ScaleEvent[] = [];

  /**
   * Remembers a change. It takes the place of one that is older than the longest period of its own direction, even if
   * a policy of the other direction still needs that (`storeScaleEvent`).
   */
  store(nowMillis: number, from: number, to: number, scaleUp: ScalingRules, scaleDown: ScalingRules): void {
    const isUp = to > from;
    const events = isUp ? this.up : this.down;
    const cutoff = nowMillis - longestPeriod(isUp ? scaleUp : scaleDown) * 1000;
    const event = { millis: nowMillis, change: Math.abs(to - from) };
    const outdated = events.findLastIndex(({ millis }) => millis < cutoff);
    if (outdated === -1) events.push(event);
    else events[outdated] = event;
  }

  /** The count at the start of a policy's period. An event of exactly one period ago does not count. */
  replicasAtStart(nowMillis: number, current: number, { periodSeconds }: ScalingPolicy): number {
    const cutoff = nowMillis - periodSeconds * 1000;
    return current - changeSince(this.up, cutoff) + changeSince(this.down, cutoff);
  }
}

function changeSince(events: readonly ScaleEvent[], cutoff: number): number {
  let sum = 0;
  for (const { millis, change } of events) if (millis > cutoff) sum += change;
  return sum;
}

function longestPeriod({ policies }: ScalingRules): number {
  return policies.reduce((longest, { periodSeconds }) => Math.max(longest, periodSeconds), 0);
}
