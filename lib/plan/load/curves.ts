import type { Problem } from '../problem';
import { checkNumber, type NumberRule } from '../validate/check-number';
import { brokenLoad, type Load, type LoadPoint, loadOf } from './load';

/** More tasks in a second are a slip of the unit. */
export const RATE_MAX = 1e9;

/** Longest load: a hundred days in steps of 15 s are half a million. */
export const DURATION_MAX_SECONDS = 100 * 24 * 3600;

const DAY_SECONDS = 24 * 3600;
const POINTS_PER_DAY = 96;
const PEAK_HOUR = 14;

const RATE_RULE = {
  unit: 'tasks/s',
  min: 0,
  max: RATE_MAX,
  fix: 'Give the tasks that arrive in a second.',
} as const satisfies Omit<NumberRule, 'prop'>;

const TIME_RULE = {
  unit: 'seconds',
  min: 0,
  max: DURATION_MAX_SECONDS,
  fix: 'Give seconds since the start.',
} as const satisfies Omit<NumberRule, 'prop'>;

const DURATION_RULE = { ...TIME_RULE, min: 1, fix: 'Give how long the load lasts, in seconds.' };

/** The same rate all the time. */
export function constantLoad(of: { readonly rate: number; readonly seconds: number }): Load {
  return checked('a constant load', (check) => {
    const rate = check('load.rate', of.rate, RATE_RULE);
    return points([0, rate], [check('load.seconds', of.seconds, DURATION_RULE), rate]);
  });
}

/** A rate that rises, or falls, evenly. */
export function rampLoad(of: {
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
}): Load {
  return checked('a ramp', (check) =>
    points(
      [0, check('load.start', of.start, RATE_RULE)],
      [check('load.seconds', of.seconds, DURATION_RULE), check('load.end', of.end, RATE_RULE)],
    ),
  );
}

/** A rate, and a burst on top of it. */
export interface Burst {
  /** tasks/s before and after the burst. */
  readonly base: number;
  /** tasks/s in the burst. */
  readonly burst: number;
  /** When the burst begins, in seconds. */
  readonly atSeconds: number;
  /** How long the burst lasts, in seconds; it is cut where the load ends. */
  readonly burstSeconds: number;
  /** How long the whole load lasts, in seconds. */
  readonly seconds: number;
}

/** A rate that jumps up for a while. */
export function burstLoad(of: Burst): Load {
  return checked('a burst', (check) => {
    const [base, burst] = [check('load.base', of.base, RATE_RULE), check('load.burst', of.burst, RATE_RULE)];
    const all = check('load.seconds', of.seconds, DURATION_RULE);
    const from = check('load.atSeconds', of.atSeconds, { ...TIME_RULE, max: all });
    const lasts = check('load.burstSeconds', of.burstSeconds, TIME_RULE);
    const to = Math.min(all, from + lasts);
    return points([0, base], [from, base], [from, burst], [to, burst], [to, base], [all, base]);
  });
}

/** How the load of a day goes. */
export interface DailyCurve {
  /** tasks/s at the quietest time, half a day from the peak. */
  readonly low: number;
  /** tasks/s at the peak. */
  readonly high: number;
  /**
   * Hour of the peak, from 0 to 24.
   * @default 14
   */
  readonly peakHour?: number;
  /**
   * Days, a whole number.
   * @default 1
   */
  readonly days?: number;
}

/** A rate that goes up and down once a day, as a cosine, from midnight on: a point each quarter of an hour. */
export function dailyLoad(of: DailyCurve): Load {
  return checked('a daily curve', (check) => {
    const low = check('load.low', of.low, RATE_RULE);
    const high = check('load.high', of.high, RATE_RULE);
    const peak = check('load.peakHour', of.peakHour ?? PEAK_HOUR, {
      ...TIME_RULE,
      unit: 'count',
      max: 24,
      fix: 'Give the hour of the day.',
    });
    const days = check('load.days', of.days ?? 1, {
      unit: 'count',
      min: 1,
      max: DURATION_MAX_SECONDS / DAY_SECONDS,
      parts: 1,
      fix: 'Give whole days.',
    });
    return Array.from({ length: days * POINTS_PER_DAY + 1 }, (_, n): LoadPoint => {
      const atSeconds = (n * DAY_SECONDS) / POINTS_PER_DAY;
      const turn = 2 * Math.PI * (atSeconds / DAY_SECONDS - peak / 24);
      return { atSeconds, tasksPerSecond: low + ((high - low) * (1 + Math.cos(turn))) / 2 };
    });
  });
}

type Check = (prop: string, value: number, rule: Omit<NumberRule, 'prop'>) => number;

function checked(name: string, make: (check: Check) => LoadPoint[]): Load {
  const problems: Problem[] = [];
  const made = make((prop, value, rule) => checkNumber(value, { ...rule, prop }, problems));
  return problems.length > 0 ? brokenLoad(name, ...problems) : loadOf(name, made);
}

function points(...of: readonly (readonly [atSeconds: number, rate: number])[]): LoadPoint[] {
  return of.map(([atSeconds, tasksPerSecond]) => ({ atSeconds, tasksPerSecond }));
}
