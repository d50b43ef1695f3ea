/** Seconds for a person to read. */
export function seconds(value: number): string {
  const millis = value * 1000;
  return value >= 1
    ? `${value.toFixed(2)} s`
    : `${millis < 10 ? millis.toFixed(millis < 1 ? 2 : 1) : Math.round(millis)} ms`;
}

/** Several of them, in their order. */
export function list(values: readonly number[]): string {
  return values.map(seconds).join(', ');
}

/** The least and the greatest. */
export function range(values: readonly number[], show: (value: number) => string): string {
  return `${show(Math.min(...values))} to ${show(Math.max(...values))}`;
}
