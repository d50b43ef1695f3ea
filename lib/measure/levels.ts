/** Fewest tasks at the same time that a measurement goes up to. */
const LEAST_TOP = 4;
const MOST_TOP = 512;
const MOST_LEVELS = 6;

/**
 * Tasks at the same time to measure at: from 1 to twice the planned slots, so that a bend is seen from both sides, about
 * evenly spread in their logarithms.
 */
export function defaultLevels(plannedSlots: number): number[] {
  const top = Math.min(MOST_TOP, Math.max(LEAST_TOP, 2 * plannedSlots));
  const steps = Math.min(MOST_LEVELS - 1, Math.floor(Math.log2(top)));
  const levels = Array.from({ length: steps + 1 }, (_, step) => Math.round(top ** (step / steps)));
  return [...new Set(levels)];
}
