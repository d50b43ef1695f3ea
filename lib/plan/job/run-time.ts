import { type Figure, figure } from '../figure';
import type { JobFigures } from '../figures';
import { formatNumber, formatQuantity } from '../format';
import type { PodPlan } from '../pod';
import type { SettledJob, SettledSchedule } from './settle';

/** Times the planned run that a run may take: pods start late, run on slower nodes, and are repeated. */
const DEADLINE_FACTOR = 3;

/** A run is given time to be scheduled, for its node to start, and for its image to be pulled. */
const DEADLINE_MIN_SECONDS = 600;

/** A run that starts later than this is left out; no less than a look of the controller or two. */
const LATE_MAX_SECONDS = 3600;
const LATE_MIN_SECONDS = 30;

/** How long a run takes as planned. */
export interface RunTime {
  readonly tasksPerIndex: Figure;
  readonly runTime: Figure;
}

/**
 * How long a run takes as planned; `undefined` when nobody knows how many tasks it has.
 *
 * The indices run in ⌈completions ÷ parallelism⌉ waves. Each takes its part of the tasks at the throughput of a pod,
 * and no less than an average task takes.
 */
export function runTime(job: SettledJob, { figures, busySeconds }: PodPlan): RunTime | undefined {
  const { tasks, completions, parallelism } = job;
  if (tasks === undefined) return undefined;
  const part = Math.ceil(tasks / completions);
  const rate = figures.throughputPerPod.value;
  const waves = Math.ceil(completions / parallelism);
  const each = part === 0 ? 0 : Math.max(busySeconds, part / rate);
  const eachText =
    each > busySeconds || part === 0
      ? `${formatQuantity(part, 'tasks')} ÷ ${formatQuantity(rate, 'tasks/s')}`
      : `${formatQuantity(busySeconds, 'seconds')} of an average task`;
  return {
    tasksPerIndex: figure(
      part,
      'tasks',
      (shown) =>
        `${formatQuantity(tasks, 'tasks')} ÷ ${formatQuantity(completions, 'pods')}, rounded up to ${shown}`,
    ),
    runTime: figure(
      waves * each,
      'seconds',
      (shown) =>
        `${waves === 1 ? '' : `⌈${formatNumber(completions)} ÷ ${formatNumber(parallelism)}⌉ waves × `}${eachText} = ${shown}`,
    ),
  };
}

/** Seconds after which a run is ended as failed. */
export function deadline(
  { deadlineSeconds, maxSeconds }: SettledJob,
  { figures }: PodPlan,
  run: RunTime | undefined,
): JobFigures['deadline'] {
  if (deadlineSeconds !== undefined) {
    return figure(deadlineSeconds, 'seconds', (shown) => `${shown}, given as deadline`);
  }
  const planned = run?.runTime.value ?? 0;
  const grace = figures.gracePeriod.value;
  const least = formatQuantity(DEADLINE_MIN_SECONDS, 'seconds');
  return figure(
    Math.max(DEADLINE_MIN_SECONDS, Math.ceil(DEADLINE_FACTOR * planned + maxSeconds + grace)),
    'seconds',
    (shown) =>
      `${DEADLINE_FACTOR} × ${formatQuantity(planned, 'seconds')}, for pods that start late, are slow or repeated, + ` +
      `${formatQuantity(maxSeconds, 'seconds')} of the longest task + ${formatQuantity(grace, 'seconds')} of grace, ` +
      `at least ${least}: ${shown}`,
  );
}

/** Seconds that a run may start too late before it is left out. */
export function startingDeadline({ periodSeconds, startingDeadlineSeconds }: SettledSchedule): Figure {
  if (startingDeadlineSeconds !== undefined) {
    return figure(startingDeadlineSeconds, 'seconds', (shown) => `${shown}, given as startingDeadline`);
  }
  return figure(
    Math.max(LATE_MIN_SECONDS, Math.min(LATE_MAX_SECONDS, Math.floor(periodSeconds / 2))),
    'seconds',
    (shown) =>
      `half of the ${formatQuantity(periodSeconds, 'seconds')} between two runs, at least ` +
      `${formatQuantity(LATE_MIN_SECONDS, 'seconds')} and at most ${formatQuantity(LATE_MAX_SECONDS, 'seconds')}: ${shown}`,
  );
}
