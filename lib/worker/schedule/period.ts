import type { CronFields } from '../../plan/schedule/cron-fields';

const MINUTE_SECONDS = 60;
const DAY_MINUTES = 24 * 60;

/** Leap years and weekdays come back after 28 years (from 2001 to 2099). */
const CYCLE_DAYS = 28 * 365 + 7;
const CYCLE_START = Date.UTC(2025, 0, 1);
const DAY_MILLIS = 24 * 3600 * 1000;

/**
 * Shortest time between two runs of a schedule in seconds, without what daylight saving time moves; `undefined` when
 * it never comes, as on 31 February.
 */
export function shortestPeriod(fields: CronFields): number | undefined {
  const minutes = minutesOfDay(fields);
  const [first] = minutes;
  const last = minutes.at(-1);
  const days = shortestGap(fields);
  if (first === undefined || last === undefined || days === undefined) return undefined;
  const within = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  return Math.min(...within, days * DAY_MINUTES - last + first) * MINUTE_SECONDS;
}

function minutesOfDay({ minute, hour }: CronFields): number[] {
  const all = [...hour.values].flatMap((h) => [...minute.values].map((m) => h * 60 + m));
  return all.sort((a, b) => a - b);
}

/** Fewest days from a day with runs to the next one. */
function shortestGap(fields: CronFields): number | undefined {
  let shortest: number | undefined;
  let before: number | undefined;
  for (let day = 0; day < 2 * CYCLE_DAYS && shortest !== 1; day++) {
    if (!isDay(fields, new Date(CYCLE_START + day * DAY_MILLIS))) continue;
    if (before !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, day - before);
    before = day;
  }
  return shortest;
}

/** With both a day and a weekday named, either is enough. */
function isDay({ day, month, weekday }: CronFields, date: Date): boolean {
  if (!month.values.has(date.getUTCMonth() + 1)) return false;
  const onDay = day.values.has(date.getUTCDate());
  const onWeekday = weekday.values.has(date.getUTCDay());
  return day.isAny || weekday.isAny ? onDay && onWeekday : onDay || onWeekday;
}
