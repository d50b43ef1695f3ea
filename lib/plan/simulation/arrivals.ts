import { type Load, rateAt } from '../load/load';
import type { Random } from './random';

/** When tasks arrive. */
export type Arrivals =
  /** Independent of each other, at a rate in tasks/s. */
  | { readonly kind: 'poisson'; readonly rate: number }
  /** One after the same time each, at a rate in tasks/s. */
  | { readonly kind: 'regular'; readonly rate: number }
  /** At these times in seconds, in ascending order. */
  | { readonly kind: 'trace'; readonly seconds: readonly number[] }
  /** Independent of each other, at a rate that follows a load; none after its end. */
  | { readonly kind: 'load'; readonly load: Load };

/** Draws the times of arrivals in seconds, in ascending order; infinite when no task comes any more. */
export function arrivalTimes(of: Arrivals, random: Random): () => number {
  let now = 0;
  switch (of.kind) {
    case 'poisson':
      return () => {
        now += random.exponential() / of.rate;
        return now;
      };
    case 'regular': {
      let count = 0;
      return () => ++count / of.rate;
    }
    case 'trace': {
      let next = 0;
      return () => of.seconds[next++] ?? Number.POSITIVE_INFINITY;
    }
    case 'load':
      return thinned(of.load, random);
    default:
      return of satisfies never;
  }
}

/** Of arrivals at the highest rate each is taken with the share that the rate has then (Lewis and Shedler, 1979). */
function thinned(load: Load, random: Random): () => number {
  const highest = Math.max(...load.rates);
  let now = 0;
  return () => {
    do {
      now += random.exponential() / highest;
      if (!(now <= load.durationSeconds)) return Number.POSITIVE_INFINITY;
    } while (random.uniform() * highest >= rateAt(load, now));
    return now;
  };
}
