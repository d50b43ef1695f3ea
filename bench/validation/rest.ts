import { mean, variationOf } from './numbers';

/*
 * What is left of tasks at a random moment. A long task is met more often than a short one, at any point of it: what is left is
 * shorter than x with probability Σ min(T, x) ÷ Σ T over the times T of all tasks (D. R. Cox, "Renewal Theory", 1962, the
 * equilibrium distribution).
 */

/** Median of the longest rest of so many tasks, as a share of the mean time of a task. */
export function longestRest(times: readonly number[], tasks: number): number {
  const wanted = 0.5 ** (1 / tasks);
  let [low, high] = [0, Math.max(...times)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (mean(times.map((it) => Math.min(it, middle))) / mean(times) < wanted) low = middle;
    else high = middle;
  }
  return low / mean(times);
}

/** About the median of the sum of the rests of so many tasks, in the same measure: of two or more it is their mean. */
export function sumOfRests(times: readonly number[], tasks: number): number {
  return tasks === 1 ? longestRest(times, 1) : (tasks * (1 + variationOf(times))) / 2;
}
