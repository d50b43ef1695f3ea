const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A number of a duration has at most five digits. */
const DIGITS_MAX = 99_999;

/** Seconds, rounded up to whole ones, as the Gateway API writes durations (GEP-2257): `10s`, `28h`. */
export function routeDuration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole <= DIGITS_MAX) return `${whole}s`;
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const rest = whole % MINUTE;
  return [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, rest > 0 && `${rest}s`]
    .filter((part) => part !== false)
    .join('');
}
