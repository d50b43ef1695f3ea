import { formatNumber, formatQuantity } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { TaskSource } from '../../source';
import { seconds } from '../../workload/quantity';
import { backoffOf } from '../backoff';
import { hasCapability, RUNTIME_DRIVERS } from '../drivers';
import type { WorkerProtection } from '../protect/props';
import type { TaskPodProps, WorkerRetry } from '../task-pod-props';

/** What is wrong with the attempts of a task and the delays between them. */
export function checkRetry({ retry, protect }: TaskPodProps, sources: readonly TaskSource[]): Problem[] {
  const retries = sources.every(
    ({ kind }) =>
      !RUNTIME_DRIVERS.includes(kind) || (hasCapability(kind, 'attempts') && hasCapability(kind, 'delay')),
  );
  if (!retries) return [...checkOneAttempt(retry), ...checkNoBudget(protect)];
  return retry === undefined ? [] : [...checkAttempts(retry), ...checkDelays(retry)];
}

/** Five attempts are the default everywhere else, so that the program says that there is one. */
function checkOneAttempt({ maxAttempts, initialDelay, maxDelay }: WorkerRetry = {}): Problem[] {
  const problems: Problem[] = [];
  if (maxAttempts !== 1) {
    problems.push({
      prop: 'retry.maxAttempts',
      wanted:
        'must be 1 with a topic of Kafka, which neither counts attempts nor keeps tasks back for a delay',
      got: maxAttempts === undefined ? 'none (the default is 5)' : formatNumber(maxAttempts),
      fix:
        'Set retry: { maxAttempts: 1 }: a task that fails goes to the dead letter topic, from which it can be replayed; ' +
        'or take a source that tries again, such as a stream of NATS or Redis.',
    });
  }
  for (const [name, delay] of Object.entries({ initialDelay, maxDelay })) {
    if (delay === undefined) continue;
    problems.push({
      prop: `retry.${name}`,
      wanted: 'must be left out with a topic of Kafka, which keeps no task back for a delay',
      got: formatQuantity(seconds(delay), 'seconds'),
      fix: 'Remove it.',
    });
  }
  return problems;
}

/** A budget bounds retries, and what is beyond it waits at the broker. */
function checkNoBudget({ retryBudget }: WorkerProtection = {}): Problem[] {
  if (retryBudget === undefined) return [];
  return [
    {
      prop: 'protect.retryBudget',
      wanted: 'must be left out with a topic of Kafka, on which nothing is tried again',
      got: 'a budget',
      fix: 'Remove it: protect.breaker bounds the attempts while what handlers call is failing.',
    },
  ];
}

function checkAttempts({ maxAttempts }: WorkerRetry): Problem[] {
  if (maxAttempts === undefined || (Number.isSafeInteger(maxAttempts) && maxAttempts >= 1)) return [];
  return [
    {
      prop: 'retry.maxAttempts',
      wanted: 'must be a whole number of 1 or more',
      got: formatNumber(maxAttempts),
      fix: 'Give the attempts before the dead letter, the first one included; 1 means that nothing is tried again.',
    },
  ];
}

/** The pods refuse a first delay above the longest one. Named is the property that the program gives. */
function checkDelays(retry: WorkerRetry): Problem[] {
  const { initialSeconds, maxSeconds } = backoffOf(retry);
  if (initialSeconds <= maxSeconds) return [];
  const initial = formatQuantity(initialSeconds, 'seconds');
  const max = formatQuantity(maxSeconds, 'seconds');
  if (retry.initialDelay === undefined) {
    return [
      {
        prop: 'retry.maxDelay',
        wanted: `must be ${initial} (the default of retry.initialDelay) or more`,
        got: max,
        fix: 'Raise it, or set retry.initialDelay.',
      },
    ];
  }
  const origin = retry.maxDelay === undefined ? 'the default of retry.maxDelay' : 'retry.maxDelay';
  return [
    {
      prop: 'retry.initialDelay',
      wanted: `must be ${max} (${origin}) or less`,
      got: initial,
      fix: 'Lower it, or raise retry.maxDelay.',
    },
  ];
}
