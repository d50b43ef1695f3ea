import { describe, expect, test } from '@jest/globals';
import { Cron } from 'cdk8s';
import fc from 'fast-check';
import { formatProblem } from '../../lib/plan';
import { parseCron } from '../../lib/plan/schedule/cron-fields';
import { readSchedule } from '../../lib/worker/schedule/check-schedule';
import { isTimeZone } from '../../lib/worker/schedule/time-zone';

const DAY = 24 * 3600;

const periodOf = (schedule: string) => readSchedule(schedule, 'Etc/UTC').periodSeconds;
const linesOf = (schedule: Cron | string, zone = 'Etc/UTC') =>
  readSchedule(schedule, zone).problems.map(formatProblem);

describe('the shortest time between two runs', () => {
  // As robfig/cron, which Kubernetes uses, gives them.
  test.each([
    ['* * * * *', 60],
    ['*/15 * * * *', 15 * 60],
    ['0,50 * * * *', 10 * 60],
    ['30 3 * * *', DAY],
    ['0 6,18 * * *', DAY / 2],
    ['0 23,0 * * *', 3600],
    ['0 23,0 * * 1', 23 * 3600],
    ['0 9 * * 1-5', DAY],
    ['0 9 * * 1,4', 3 * DAY],
    ['0 0 1 * *', 28 * DAY],
    ['0 0 13 * 5', DAY],
    ['0 0 13 * */1', 28 * DAY],
    ['0 0 29 2 *', 1461 * DAY],
    ['0 0 1 1 ?', 365 * DAY],
    ['5/20 4 * JAN-mar SUN', 20 * 60],
    ['@daily', DAY],
    ['@hourly', 3600],
  ])('of %s is %i s', (schedule, seconds) => {
    expect(linesOf(schedule)).toEqual([]);
    expect(periodOf(schedule)).toBe(seconds);
  });

  test('is known of what cdk8s makes', () => {
    const { cron, periodSeconds, problems } = readSchedule(Cron.daily(), 'Etc/UTC');
    expect([cron.expressionString, periodSeconds, problems]).toEqual(['0 0 * * *', DAY, []]);
    expect(readSchedule('30  3 * * 1-5', 'Etc/UTC').cron.expressionString).toBe('30 3 * * 1-5');
  });
});

test('reads any list of values of a field as those values', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(minutes, (values) => {
      const fields = parseCron(`${values.join(',')} * * * *`);
      expect(typeof fields === 'string' ? fields : [...fields.minute.values].sort()).toEqual(values.sort());
    }),
  );
});

describe('fails with property, what was wanted, what was got and a fix', () => {
  test.each([
    ['four fields', '0 0 * *', '4 fields'],
    ['no minute', '60 0 * * *', '"60" as the minute'],
    ['a day that no month has', '0 0 32 * *', '"32" as the day'],
    ['Sunday as 7', '0 0 * * 7', '"7" as the weekday'],
    ['a range from its end', '0 5-3 * * *', '"5-3" as the hour'],
    ['no step', '*/0 * * * *', '"*/0" as the minute'],
    ['a word', 'noon * * * *', '"noon" as the minute'],
    ['an empty value', '1,,2 * * * *', '"" as the minute'],
  ])('with %s', (_, schedule, got) => {
    expect(linesOf(schedule)).toEqual([
      `schedule must be five fields: minute 0-59, hour 0-23, day 1-31, month 1-12 and weekday 0-6 (0 is Sunday), each with *, ranges, lists and steps, got ${got}. Write it so, such as 30 3 * * 1-5, or as Cron.daily().`,
    ]);
  });

  test('with a day that never comes', () => {
    expect(linesOf('0 0 31 2 *')).toEqual([
      expect.stringMatching(/^schedule must be a time that comes, got 0 0 31 2 \*, which no year has\. /),
    ]);
  });

  test.each(['Europe/Olso', 'europe/oslo', 'Local', '+01:00', '', 'Etc/../UTC'])(
    'with time zone %p',
    (zone) => {
      expect(linesOf('0 0 * * *', zone)).toEqual([
        `timeZone must be a name of the IANA time zone data base, got ${JSON.stringify(zone)}. Write it as there, such as Europe/Oslo; leave it out for UTC.`,
      ]);
    },
  );
});

test.each([
  'Etc/UTC',
  'UTC',
  'Europe/Oslo',
  'America/Argentina/Buenos_Aires',
  'Asia/Calcutta',
  'Asia/Kolkata',
  'US/Pacific',
])('takes the time zone %s', (zone) => {
  expect(isTimeZone(zone)).toBe(true);
});
