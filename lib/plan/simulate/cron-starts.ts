import type { CronFields } from '../schedule/cron-fields';

const MINUTE_MILLIS = 60_000;

/** Minute, hour, day, month and weekday of a time. */
interface Clock {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/**
 * When a schedule starts within a stretch of time, in seconds since its begin.
 *
 * @param beginMillis Unix time of the begin
 * @param timeZone IANA name of the zone that the schedule is in
 */
export function cronStarts(
  fields: CronFields,
  beginMillis: number,
  durationSeconds: number,
  timeZone: string,
): number[] {
  const clock = timeZone === 'UTC' || timeZone === 'Etc/UTC' ? utcClock : zonedClock(timeZone);
  const starts: number[] = [];
  const first = Math.ceil(beginMillis / MINUTE_MILLIS) * MINUTE_MILLIS;
  const end = beginMillis + durationSeconds * 1000;
  for (let millis = first; millis < end; millis += MINUTE_MILLIS) {
    if (isDue(fields, clock(millis))) starts.push((millis - beginMillis) / 1000);
  }
  return starts;
}

/** With both a day and a weekday named, either is enough. */
function isDue({ minute, hour, day, month, weekday }: CronFields, now: Clock): boolean {
  if (!minute.values.has(now.minute) || !hour.values.has(now.hour) || !month.values.has(now.month))
    return false;
  const onDay = day.values.has(now.day);
  const onWeekday = weekday.values.has(now.weekday);
  return day.isAny || weekday.isAny ? onDay && onWeekday : onDay || onWeekday;
}

function utcClock(millis: number): Clock {
  const date = new Date(millis);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

/** A clock in a zone: that of UTC, moved by what the zone is off then. */
function zonedClock(timeZone: string): (millis: number) => Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (millis) => {
    const parts = new Map(format.formatToParts(millis).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return utcClock(Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')));
  };
}
