/** z: the quantile of the standard normal distribution at 1 − 10⁻⁶, for one task in a million. */
const LONGEST_QUANTILE = 4.753_424_308_822_899;

/**
 * σ of the lognormal distribution that has a mean, and that one task in a million exceeds a longest duration with:
 * ln(max ÷ mean) = z·σ − σ² ÷ 2 with z = 4.753. Its median is mean·e^(−σ²÷2).
 *
 * A longest duration is where the runtime cancels; it is a bound that tasks rarely meet, not a typical slow task, and
 * the spread of durations is otherwise unknown. Beyond max ÷ mean = e^(z²÷2), about 80,000, σ stays z.
 *
 * @param meanSeconds mean of the duration
 * @param maxSeconds longest duration, `meanSeconds` or more; as long as the mean: all tasks take the same time (σ = 0)
 */
export function lognormalSigma(meanSeconds: number, maxSeconds: number): number {
  const ratio = Math.log(Math.max(1, maxSeconds / meanSeconds));
  const root = LONGEST_QUANTILE ** 2 - 2 * ratio;
  return root <= 0 ? LONGEST_QUANTILE : LONGEST_QUANTILE - Math.sqrt(root);
}

/**
 * Squared coefficient of variation, variance ÷ mean², of durations of which only mean and maximum are known: that of
 * the lognormal distribution of {@link lognormalSigma}, e^(σ²) − 1. Dimensionless; 0 for a constant duration, 1 for an exponential one.
 */
export function variationOf(meanSeconds: number, maxSeconds: number): number {
  return Math.expm1(lognormalSigma(meanSeconds, maxSeconds) ** 2);
}
