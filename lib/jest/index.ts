/**
 * Matchers for jest: what a plan promises, as a test.
 *
 * ```ts
 * import { matchers } from 'capstan/jest';
 * import { dailyLoad } from 'capstan/plan';
 * expect.extend(matchers);
 *
 * expect(darkroom.develop).toDrainWithin(Duration.minutes(2), { backlog: 5000 });
 * expect(darkroom.develop).toMeet({ wait: { p99: Duration.seconds(2) } }, dailyLoad({ low: 20, high: 120 }));
 * expect(darkroom.develop).toStayWithin({ name: 'catalog', limit: 200, perPod: 4 });
 * expect(app).toFit(
 *   [{ name: 'general', labels: { pool: 'general' }, machine: 'm7g.large', nodes: { min: 3, max: 9 } }],
 *   { environment: 'production-aws' },
 * );
 * ```
 *
 * @packageDocumentation
 */

import type { Duration } from 'cdk8s';
import type { NodePool } from '../environment/props';
import type { Load } from '../plan/load/load';
import type { SimulateSettings } from '../plan/simulate/settings';
import type { DownstreamBudget } from '../plan/spec';
import type { Backlog } from './to-drain-within';
import { toDrainWithin } from './to-drain-within';
import { type FitOptions, type Fittable, toFit } from './to-fit';
import { type SimulatedConstruct, toMeet, type WaitObjectives } from './to-meet';
import { toStayWithin } from './to-stay-within';

export type { Planned } from './planned';
export type { Backlog, FitOptions, Fittable, SimulatedConstruct, WaitObjectives };

/** For `expect.extend`. */
export const matchers = {
  /** A worker at `scale.max` works off this backlog within this time. */
  toDrainWithin,
  /** Tasks of a worker wait no longer than this along a load. */
  toMeet,
  /** A worker at its peak, rolling update or autoscaling, holds no more than this of a shared resource. */
  toStayWithin,
  /** All pods of an app, a chart or documents find room on these node pools. */
  toFit,
};

/** The matchers as they are called, for the types of both `@jest/globals` and `@types/jest`. */
export interface CapstanMatchers<R> {
  /** A worker at `scale.max` works off this backlog within this time. */
  toDrainWithin(duration: Duration, backlog: Backlog): R;
  /** Tasks of a worker wait no longer than this along a load. */
  toMeet(objectives: WaitObjectives, load: Load, settings?: SimulateSettings): R;
  /** A worker at its peak, rolling update or autoscaling, holds no more than this of a shared resource. */
  toStayWithin(budget: DownstreamBudget): R;
  /** All pods of an app, a chart or documents find room on these node pools. */
  toFit(nodePools: readonly NodePool[], options?: FitOptions): R;
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends CapstanMatchers<R> {}
}

declare global {
  namespace jest {
    interface Matchers<R, T> extends CapstanMatchers<R> {}
  }
}
