import { ascending, mean, variationOf } from './numbers';

/*
 * What is left of tasks at a random moment. A long task is met more often than a short one, at any point of it: what is left is
 * shorter than x with probability Σ min(T, x) ÷ Σ T over the times T of all tasks (D. R. Cox, "Renewal Theory", 1962, the
 * equilibrium distribution).
 */

/**
 * Mean of the longest rest of so many tasks, as a share of the mean time of a task: ∫ 1 − F(x)ⁿ dx, where F, the distribution of
 * one rest, is a straight line from each time of a task to the next longer one.
 */
export function longestRest(times: readonly number[], tasks: number): number {
  const shorter = (x: number) => mean(times.map((it) => Math.min(it, x))) / mean(times);
  const sorted = ascending(times);
  const pieces = sorted.map((end, index) => {
    const begin = sorted[index - 1] ?? 0;
    const [least, most] = [shorter(begin), shorter(end)];
    if (most === least) return 0;
    const power = (most ** (tasks + 1) - least ** (tasks + 1)) / ((tasks + 1) * (most - least));
    return (end - begin) * (1 - power);
  });
  return pieces.reduce((sum, it) => sum + it, 0) / mean(times);
}

/** Mean of the sum of the rests of so many tasks, in the same measure. */
export function sumOfRests(times: readonly number[], tasks: number): number {
  return (tasks * (1 + variationOf(times))) / 2;
}
