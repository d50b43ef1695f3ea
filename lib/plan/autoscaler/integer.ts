const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/** A double as Go's `int32(x)` on amd64: truncated; what does not fit becomes the smallest number. */
export function toInt32(value: number): number {
  return value > INT32_MIN - 1 && value < INT32_MAX + 1 ? Math.trunc(value) + 0 : INT32_MIN;
}

/** A double as `int32`, at most the largest number. */
export function capInt32(value: number): number {
  return value > INT32_MAX ? INT32_MAX : toInt32(value);
}

/** A sum as Go's `int32` has it, which wraps around. */
export function addInt32(one: number, other: number): number {
  return (one + other) | 0;
}
