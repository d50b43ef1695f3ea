/**
 * Largest whole number from 1 below `bound` that fits; 0 if none does.
 *
 * @param fits must hold for every smaller number than one that it holds for
 */
export function largestBelow(bound: number, fits: (n: number) => boolean): number {
  let largest = 0;
  let exceeds = bound;
  while (exceeds - largest > 1) {
    const middle = Math.floor((largest + exceeds) / 2);
    if (fits(middle)) {
      largest = middle;
    } else {
      exceeds = middle;
    }
  }
  return largest;
}
