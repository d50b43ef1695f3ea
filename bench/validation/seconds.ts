/** Seconds for a person to read. */
export function seconds(value: number): string {
  const millis = value * 1000;
  return value >= 1 ? `${value.toFixed(2)} s` : `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`;
}
