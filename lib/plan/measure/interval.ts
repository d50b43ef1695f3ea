import { studentFactor } from './distributions';

/** A number that was measured, with the interval that holds the true one in 95 of 100 measurements. */
export interface Interval {
  /** The number itself. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
}

/**
 * Mean of independent measurements: x̄ ± t·s ÷ √n (Student, 1908).
 *
 * @param values two or more; with one, the interval is that value alone
 */
export function meanInterval(values: readonly number[]): Interval {
  const count = values.length;
  const value = values.reduce((sum, it) => sum + it, 0) / count;
  if (count < 2) return { value, low: value, high: value };
  const variance = values.reduce((sum, it) => sum + (it - value) ** 2, 0) / (count - 1);
  return around(value, studentFactor(count - 1) * Math.sqrt(variance / count));
}

/** A value and as much on both sides. */
export function around(value: number, margin: number): Interval {
  return { value, low: value - margin, high: value + margin };
}

/** The same with all three of at least `least`, for what cannot be less. */
export function atLeast(least: number, { value, low, high }: Interval): Interval {
  return { value: Math.max(least, value), low: Math.max(least, low), high: Math.max(least, high) };
}
