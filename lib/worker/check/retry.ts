import { formatNumber, formatQuantity } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { backoffOf } from '../backoff';
import type { TaskPodProps, WorkerRetry } from '../task-pod-props';

/** What is wrong with the attempts of a task and the delays between them. */
export function checkRetry({ retry }: TaskPodProps): Problem[] {
  return retry === undefined ? [] : [...checkAttempts(retry), ...checkDelays(retry)];
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
