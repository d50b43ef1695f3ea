import { lognormalSigma, variationOf } from '../queueing/service-time';
import type { Random } from './random';

/** How long tasks take in a slot. */
export type TaskDuration =
  /** All the same. */
  | { readonly kind: 'constant'; readonly meanSeconds: number }
  /** Without memory. */
  | { readonly kind: 'exponential'; readonly meanSeconds: number }
  /** Lognormal, where one task in a million would exceed `maxSeconds`; it is ended then: see `lognormalSigma`. */
  | { readonly kind: 'lognormal'; readonly meanSeconds: number; readonly maxSeconds: number };

/** Draws durations in seconds. */
export function durations(of: TaskDuration, random: Random): () => number {
  const { meanSeconds } = of;
  switch (of.kind) {
    case 'constant':
      return () => meanSeconds;
    case 'exponential':
      return () => meanSeconds * random.exponential();
    case 'lognormal': {
      const { maxSeconds } = of;
      const sigma = lognormalSigma(meanSeconds, maxSeconds);
      const median = meanSeconds * Math.exp(-(sigma ** 2) / 2);
      return () => Math.min(maxSeconds, median * Math.exp(sigma * random.normal()));
    }
    default:
      return of satisfies never;
  }
}

/** cs²: variance ÷ mean² of durations, for the formulas of queueing. */
export function variationOfDuration(of: TaskDuration): number {
  switch (of.kind) {
    case 'constant':
      return 0;
    case 'exponential':
      return 1;
    case 'lognormal':
      return variationOf(of.meanSeconds, of.maxSeconds);
    default:
      return of satisfies never;
  }
}
