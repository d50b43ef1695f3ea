/**
 * Matchers for jest: what a plan promises, as a test.
 *
 * ```ts
 * import { matchers } from 'capstan/jest';
 * expect.extend(matchers);
 *
 * expect(darkroom.develop).toDrainWithin(Duration.minutes(2), { backlog: 5000 });
 * expect(darkroom.develop).toStayWithin({ name: 'catalog', limit: 200, perPod: 4 });
 * ```
 *
 * @packageDocumentation
 */

import type { Duration } from 'cdk8s';
import type { DownstreamBudget } from '../plan/spec';
import type { Backlog } from './to-drain-within';
import { toDrainWithin } from './to-drain-within';
import { toStayWithin } from './to-stay-within';

export type { Planned } from './planned';
export type { Backlog };

/** For `expect.extend`. */
export const matchers = {
  /** A worker at `scale.max` works off this backlog within this time. */
  toDrainWithin,
  /** A worker at its peak, rolling update or autoscaling, holds no more than this of a shared resource. */
  toStayWithin,
};

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** A worker at `scale.max` works off this backlog within this time. */
    toDrainWithin(duration: Duration, backlog: Backlog): R;
    /** A worker at its peak, rolling update or autoscaling, holds no more than this of a shared resource. */
    toStayWithin(budget: DownstreamBudget): R;
  }
}
