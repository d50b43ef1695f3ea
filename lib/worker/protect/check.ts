import { SECONDS_MAX } from '../../plan/machine';
import type { Problem } from '../../plan/problem';
import { checkNumber, type NumberRule } from '../../plan/validate/check-number';
import { seconds } from '../../workload/quantity';
import { valueText } from '../../workload/value-text';
import type { CircuitBreaker, TaskRate, WorkerLiveSettings, WorkerProtection } from './props';

/** A window is counted in tenths, and a time that is no time bounds nothing. */
const SECONDS_MIN = 0.01;
const COUNT_MAX = 1_000_000;
const LEVELS = ['debug', 'info', 'warn', 'error'];

type Bounds = Pick<NumberRule, 'unit' | 'min' | 'max'> & Partial<Pick<NumberRule, 'parts'>>;

const WHOLE: Bounds = { unit: 'count', min: 1, max: COUNT_MAX, parts: 1 };
const TIME: Bounds = { unit: 'seconds', min: SECONDS_MIN, max: SECONDS_MAX };
const SHARE: Bounds = { unit: 'ratio', min: 0.001, max: 1 };

/**
 * What is wrong with the protection and the live settings of a worker, but for `protect.rate.perPod`, which the plan
 * checks.
 *
 * @param slots planned slots of a pod
 */
export function checkProtection(
  { protect, live }: { readonly protect?: WorkerProtection; readonly live?: WorkerLiveSettings },
  slots: number,
): Problem[] {
  const problems: Problem[] = [];
  const { rate, breaker, retryBudget, adaptive } = protect ?? {};
  const check = checker(problems);
  check(rate?.burst, WHOLE, 'protect.rate.burst', 'Leave it out for the tasks of one second.');
  checkBreaker(breaker, 'protect.breaker', problems);
  check(retryBudget?.share, { ...SHARE, min: 0 }, 'protect.retryBudget.share', 'Leave it out for 0.2.');
  check(retryBudget?.least, { ...WHOLE, min: 0 }, 'protect.retryBudget.least', 'Leave it out for 10.');
  check(time(retryBudget?.window), TIME, 'protect.retryBudget.window', 'Leave it out for a minute.');
  const within = { ...WHOLE, max: slots };
  check(
    adaptive?.leastSlots,
    within,
    'protect.adaptive.leastSlots',
    'Give slots that are always left, or leave it out for 1.',
  );
  if (live !== undefined) checkLive(live, within, problems);
  return problems;
}

function checkLive(
  { slots, logLevel, rate, breaker }: WorkerLiveSettings,
  within: Bounds,
  problems: Problem[],
): void {
  const check = checker(problems);
  check(
    slots,
    within,
    'live.slots',
    'Memory, downstream budgets and scaling are planned for the slots of `concurrency`: raise that for more.',
  );
  checkRate(rate, 'live.rate', problems);
  checkBreaker(breaker, 'live.breaker', problems);
  if (logLevel !== undefined && !LEVELS.includes(logLevel)) {
    problems.push({
      prop: 'live.logLevel',
      wanted: `must be one of ${LEVELS.join(', ')}`,
      got: valueText(logLevel),
      fix: 'Choose one of them, or leave it out for info.',
    });
  }
}

function checkRate(rate: TaskRate | undefined, prop: string, problems: Problem[]): void {
  const check = checker(problems);
  const bounds: Bounds = { unit: 'tasks/s', min: 1e-6, max: COUNT_MAX };
  check(rate?.perPod, bounds, `${prop}.perPod`, 'Give the tasks per second of one pod.');
  check(rate?.burst, WHOLE, `${prop}.burst`, 'Leave it out for the tasks of one second.');
}

function checkBreaker(breaker: CircuitBreaker | undefined, prop: string, problems: Problem[]): void {
  const check = checker(problems);
  check(breaker?.failureShare, SHARE, `${prop}.failureShare`, 'Leave it out for 0.5.');
  check(breaker?.leastAttempts, WHOLE, `${prop}.leastAttempts`, 'Leave it out for 20.');
  check(time(breaker?.window), TIME, `${prop}.window`, 'Leave it out for 30 s.');
  check(time(breaker?.openFor), TIME, `${prop}.openFor`, 'Leave it out for 30 s.');
  check(breaker?.probes, WHOLE, `${prop}.probes`, 'Leave it out for 3.');
}

function time(duration: Parameters<typeof seconds>[0] | undefined): number | undefined {
  return duration === undefined ? undefined : seconds(duration);
}

function checker(problems: Problem[]) {
  return (value: number | undefined, bounds: Bounds, prop: string, fix: string): void => {
    if (value !== undefined) checkNumber(value, { ...bounds, prop, fix }, problems);
  };
}
