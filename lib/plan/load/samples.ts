import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { DURATION_MAX_SECONDS, RATE_MAX } from './curves';
import { brokenLoad, type Load, loadOf } from './load';

/** The year 5138: a larger time is one of now in milliseconds, of which a day would be played as years. */
const SECONDS_MAX = 1e11;

/** A rate at a time, as somebody wrote it down. */
export interface Sample {
  /** Where it stands, such as `line 3`. */
  readonly where: string;
  /** Seconds since whatever start. */
  readonly seconds: number;
  readonly rate: number;
  /** The text that time and rate were read from, for messages. */
  readonly text: string;
}

/**
 * A load from samples, whose first one is its start.
 *
 * @param name of what they were read from
 * @returns a load with one problem when a sample is no number, negative or out of order
 */
export function loadFromSamples(name: string, samples: readonly Sample[]): Load {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) {
    return brokenLoad(name, tooFew(name, samples.length));
  }
  const wrong = wrongSample(samples);
  if (wrong !== undefined) {
    return brokenLoad(name, { ...wrong.problem, prop: `${name}: ${wrong.sample.where}` });
  }
  const span = last.seconds - first.seconds;
  if (span > DURATION_MAX_SECONDS) return brokenLoad(name, tooLong(name, span));
  return loadOf(
    name,
    samples.map(({ seconds, rate }) => ({ atSeconds: seconds - first.seconds, tasksPerSecond: rate })),
  );
}

interface Wrong {
  readonly sample: Sample;
  readonly problem: Omit<Problem, 'prop'>;
}

function wrongSample(samples: readonly Sample[]): Wrong | undefined {
  let before = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const problem = whatIsWrong(sample, before);
    if (problem !== undefined) return { sample, problem };
    before = sample.seconds;
  }
  return undefined;
}

function whatIsWrong({ seconds, rate, text }: Sample, before: number): Omit<Problem, 'prop'> | undefined {
  if (!Number.isFinite(seconds)) {
    return {
      wanted: 'must have a time in seconds, or as 2026-05-04T13:30:00Z',
      got: text,
      fix: 'Correct the time.',
    };
  }
  if (seconds > SECONDS_MAX) {
    return {
      wanted: 'must have a time in seconds, and not in milliseconds',
      got: text,
      fix: 'Divide the times by 1000.',
    };
  }
  if (!Number.isFinite(rate) || rate < 0 || rate > RATE_MAX) {
    return {
      wanted: `must have a rate from 0 to ${formatNumber(RATE_MAX)} tasks/s`,
      got: text,
      fix: 'Correct the rate, or leave the time out: between two times the rate runs straight.',
    };
  }
  if (seconds <= before) {
    return {
      wanted: 'must be later than the time before it',
      got: text,
      fix: 'Sort by time, each one once.',
    };
  }
  return undefined;
}

function tooFew(name: string, count: number): Problem {
  return {
    prop: name,
    wanted: 'must have two times or more, each with its rate',
    got: count === 0 ? 'none' : String(count),
    fix: 'Give at least the first and the last.',
  };
}

function tooLong(name: string, span: number): Problem {
  return {
    prop: name,
    wanted: `must last ${formatNumber(DURATION_MAX_SECONDS / 86_400)} days or less`,
    got: formatQuantity(span, 'seconds'),
    fix: 'Cut it, or give times in seconds.',
  };
}
