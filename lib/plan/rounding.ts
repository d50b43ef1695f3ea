/** Relative error that a product or quotient of two or three doubles may carry. */
const NOISE = 1e-12;

/** The next whole number at or above a computed value; 16.000000000000004 is 16. */
export function ceilNoisy(value: number): number {
  return Math.ceil(value - Math.abs(value) * NOISE);
}

/** The next whole number at or below a computed value; 15.999999999999998 is 16. */
export function floorNoisy(value: number): number {
  return Math.floor(value + Math.abs(value) * NOISE);
}

/** Rounds up to a multiple of `1 / parts`: `ceilToFraction(7.111, 100)` is 7.12. */
export function ceilToFraction(value: number, parts: number): number {
  return ceilNoisy(value * parts) / parts;
}

/** Rounds up to a multiple of a whole `step`, exactly: bytes must not be rounded down by noise. */
export function ceilToMultiple(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** The first multiple of a whole `step` above `value`. */
export function multipleAbove(value: number, step: number): number {
  return (Math.floor(value / step) + 1) * step;
}
