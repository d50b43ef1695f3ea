import { Duration } from 'cdk8s';
import { formatProblem } from '../plan/problem';
import type { WorkerPlan, WorkerPlanData } from '../plan/worker-plan';

/** A plan, or something that has one, such as a `Worker`. */
export type Planned = WorkerPlanData | { readonly plan: WorkerPlan };

/** What a matcher gives to jest. */
export interface MatcherResult {
  /** Whether the expectation, not negated, holds. */
  readonly pass: boolean;
  /** Shown when the expectation fails, negated ones included. */
  readonly message: () => string;
}

/**
 * The plan that a matcher is about.
 *
 * @throws TypeError when there is none
 * @throws RangeError when the plan has problems: its figures are not what the spec asks for
 */
export function planOf(received: Planned): WorkerPlanData {
  const plan = isObject(received) && 'plan' in received ? received.plan : received;
  if (!isObject(plan) || !('figures' in plan)) {
    throw new TypeError(`expected a worker or its plan, got ${received === null ? 'null' : typeof received}`);
  }
  if (plan.problems.length > 0) {
    const lines = plan.problems.map((problem) => `  ${formatProblem(problem)}`);
    throw new RangeError(`the plan of ${plan.name} has problems:\n${lines.join('\n')}`);
  }
  return plan;
}

/**
 * Seconds of what has to be a `Duration`.
 *
 * @throws TypeError when it is something else
 */
export function secondsOf(name: string, value: Duration): number {
  if (value instanceof Duration) return value.toMilliseconds() / 1000;
  throw new TypeError(
    `expected ${name} to be a Duration, such as Duration.seconds(5), got ${JSON.stringify(value)}`,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
