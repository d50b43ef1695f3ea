import { Cron } from 'cdk8s';
import type { Problem } from '../../plan/problem';
import { CRON_WORDS, parseCron } from '../../plan/schedule/cron-fields';
import { valueText } from '../../workload/value-text';
import { shortestPeriod } from './period';
import { isTimeZone } from './time-zone';

/** When a job runs. */
export interface ReadSchedule {
  /** The schedule as cdk8s has it. */
  readonly cron: Cron;
  /** Shortest time between two runs in seconds; an hour for a schedule that cannot be read. */
  readonly periodSeconds: number;
  readonly problems: readonly Problem[];
}

const FALLBACK_SECONDS = 3600;

/** Reads when a job runs. */
export function readSchedule(schedule: Cron | string, timeZone: string): ReadSchedule {
  const given = typeof schedule === 'string' ? schedule : schedule.expressionString;
  const text = CRON_WORDS[given] ?? given;
  const cron = typeof schedule === 'string' ? cronOf(text) : schedule;
  const fields = parseCron(text);
  if (typeof fields === 'string') {
    const problems = [wrongSchedule(fields), ...checkZone(timeZone)];
    return { cron, periodSeconds: FALLBACK_SECONDS, problems };
  }
  const period = shortestPeriod(fields);
  return {
    cron,
    periodSeconds: period ?? FALLBACK_SECONDS,
    problems: [...(period === undefined ? [never(text)] : []), ...checkZone(timeZone)],
  };
}

function cronOf(expression: string): Cron {
  const [minute, hour, day, month, weekDay] = expression.trim().split(/\s+/);
  const given = Object.entries({ minute, hour, day, month, weekDay }).filter(
    ([, text]) => text !== undefined,
  );
  return new Cron(Object.fromEntries(given));
}

function wrongSchedule(got: string): Problem {
  return {
    prop: 'schedule',
    wanted:
      'must be five fields: minute 0-59, hour 0-23, day 1-31, month 1-12 and weekday 0-6 (0 is Sunday), each with *, ranges, lists and steps',
    got,
    fix: 'Write it so, such as 30 3 * * 1-5, or as Cron.daily().',
  };
}

function never(got: string): Problem {
  return {
    prop: 'schedule',
    wanted: 'must be a time that comes',
    got: `${got}, which no year has`,
    fix: 'Name a day that the month has.',
  };
}

function checkZone(timeZone: string): Problem[] {
  if (isTimeZone(timeZone)) return [];
  return [
    {
      prop: 'timeZone',
      wanted: 'must be a name of the IANA time zone data base',
      got: valueText(timeZone),
      fix: 'Write it as there, such as Europe/Oslo; leave it out for UTC.',
    },
  ];
}
