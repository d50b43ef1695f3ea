import { formatNumber, formatQuantity } from '../format';
import { INDEXED_JOB_MAX } from '../kubernetes';
import type { Problem } from '../problem';
import type { SettledTaskPod } from '../settled-spec';
import type { JobScheduleSpec, JobSpec } from '../spec';
import { checkNumber, type NumberRule } from '../validate/check-number';
import { settlePod } from '../validate/pod';

/** More tasks than this call for a broker and a worker that is always there. */
const TASKS_MAX = 1e12;

/** A year: what runs longer is no job. */
export const DEADLINE_MAX_SECONDS = 365 * 24 * 3600;

/** When a job runs again, settled. */
export interface SettledSchedule extends JobScheduleSpec {
  /** `undefined`: derived. */
  readonly startingDeadlineSeconds?: number;
}

/** A `JobSpec`, settled. */
export interface SettledJob extends SettledTaskPod {
  readonly completions: number;
  readonly parallelism: number;
  readonly tasksAre: 'split' | 'shared';
  /** `undefined`: nobody knows. */
  readonly tasks: number | undefined;
  /** `undefined`: derived. */
  readonly deadlineSeconds: number | undefined;
  /** `undefined`: it runs once. */
  readonly schedule: SettledSchedule | undefined;
}

/** Turns the spec of a job into numbers that can be computed with; see `settlePod`. */
export function settleJob(spec: JobSpec, problems: Problem[]): SettledJob {
  const { job } = spec;
  return {
    ...settlePod(spec, problems),
    ...settlePods(job, problems),
    tasksAre: job.tasksAre,
    tasks: optional(job.tasks, TASKS, problems),
    deadlineSeconds: settleDeadline(job, problems),
    schedule: job.schedule && settleSchedule(job.schedule, problems),
  };
}

const TASKS: NumberRule = {
  prop: 'tasks',
  unit: 'tasks',
  min: 0,
  max: TASKS_MAX,
  parts: 1,
  fix: 'Give the tasks of one run, an estimate will do; or leave it out and give a deadline.',
};

function settlePods(
  { completions, parallelism, tasksAre }: JobSpec['job'],
  problems: Problem[],
): Pick<SettledJob, 'completions' | 'parallelism'> {
  const rule = { unit: 'pods', min: 1, max: INDEXED_JOB_MAX, parts: 1 } as const;
  const all = checkNumber(
    completions ?? (tasksAre === 'shared' ? (parallelism ?? 1) : 1),
    { ...rule, prop: 'completions', fix: 'Give the pods that have to end well, or leave it out.' },
    problems,
  );
  const atATime = checkNumber(
    parallelism ?? all,
    { ...rule, prop: 'parallelism', fix: 'Give the pods that run at the same time, or leave it out.' },
    problems,
  );
  if (atATime > all) {
    problems.push({
      prop: 'parallelism',
      wanted: `must be ${formatNumber(all)} (completions) or less`,
      got: formatNumber(atATime),
      fix: 'Lower it, or raise completions: no more pods run than have work.',
    });
  } else if (tasksAre === 'shared' && atATime < all) {
    problems.push({
      prop: 'completions',
      wanted: `must be ${formatNumber(atATime)} (parallelism), since all pods take from one queue: when the first ones end, it is empty`,
      got: formatNumber(all),
      fix: 'Leave it out.',
    });
  }
  return { completions: all, parallelism: Math.min(atATime, all) };
}

function settleDeadline({ tasks, deadlineSeconds }: JobSpec['job'], problems: Problem[]): number | undefined {
  if (deadlineSeconds === undefined && tasks === undefined) {
    problems.push({
      prop: 'deadline',
      wanted: 'must be given where nobody says how many tasks a run has',
      got: 'neither',
      fix: 'Give the time after which a run is ended as failed, or tasks, to derive it.',
    });
  }
  const rule: NumberRule = {
    prop: 'deadline',
    unit: 'seconds',
    min: 1,
    max: DEADLINE_MAX_SECONDS,
    parts: 1,
    fix: 'Give the time after which a run is ended as failed.',
  };
  return optional(deadlineSeconds, rule, problems);
}

function settleSchedule(schedule: JobScheduleSpec, problems: Problem[]): SettledSchedule {
  const { periodSeconds, overlap, startingDeadlineSeconds } = schedule;
  const rule: NumberRule = {
    prop: 'startingDeadline',
    unit: 'seconds',
    // The controller looks every 10 s, and could miss a shorter one.
    min: 10,
    max: DEADLINE_MAX_SECONDS,
    parts: 1,
    fix: 'Give the time that a run may start too late, or leave it out.',
  };
  const late = optional(startingDeadlineSeconds, rule, problems);
  return { periodSeconds, overlap, ...(late !== undefined && { startingDeadlineSeconds: late }) };
}

function optional(value: number | undefined, rule: NumberRule, problems: Problem[]): number | undefined {
  return value === undefined ? undefined : checkNumber(value, rule, problems);
}

/** Refuses a deadline that the planned run does not keep, and a run that is not done when the next one is due. */
export function checkRunTime(
  { deadlineSeconds, schedule }: SettledJob,
  runSeconds: number,
  problems: Problem[],
): void {
  const need = Math.ceil(runSeconds);
  const shown = formatQuantity(need, 'seconds');
  if (deadlineSeconds !== undefined && deadlineSeconds < need) {
    problems.push({
      prop: 'deadline',
      wanted: `must be ${shown} or more, what a run takes as planned`,
      got: formatQuantity(deadlineSeconds, 'seconds'),
      fix: 'Raise it, or parallelism; leave it out to derive it.',
    });
  }
  if (schedule !== undefined && schedule.periodSeconds < need) {
    problems.push({
      prop: 'schedule',
      wanted: `must leave ${shown} between two runs, what one takes as planned`,
      got: formatQuantity(schedule.periodSeconds, 'seconds'),
      fix: 'Let it run less often, or raise parallelism.',
    });
  }
}
