import type { Unit } from './unit';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Scales of a unit, largest first: the first one that the value reaches is used. */
type Scale = readonly (readonly [least: number, size: number, symbol: string])[];

const SECONDS: Scale = [
  [1, 1, 's'],
  [1e-3, 1e-3, 'ms'],
  [1e-6, 1e-6, 'µs'],
  [0, 1e-9, 'ns'],
];

/** MiB up to 10 GiB, because that is how manifests write a pod's memory. */
const BYTES: Scale = [
  [10 * GIB, GIB, 'GiB'],
  [MIB, MIB, 'MiB'],
  [KIB, KIB, 'KiB'],
  [0, 1, 'B'],
];

/** Beyond this, digits say less than an exponent does. */
const LONGEST = 1e15;

/** A number for humans: at most `decimals` decimals, three significant digits where that would leave fewer. */
export function formatNumber(value: number, decimals = 3): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= LONGEST || (size > 0 && size < 1e-9)) {
    return String(value);
  }
  const digits =
    size > 0 && size < 0.1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: decimals };
  return new Intl.NumberFormat('en-US', digits).format(value);
}

/**
 * A quantity for humans, such as `7.12 cores`, `412 MiB`, `40 ms` or `1 slot`. Rounded for reading: use the
 * number itself to compute.
 *
 * @param value the number in `unit`
 */
export function formatQuantity(value: number, unit: Unit): string {
  switch (unit) {
    case 'seconds':
      return value === 0 ? '0 s' : scaled(value, SECONDS);
    case 'bytes':
      return scaled(value, BYTES);
    case 'tasks/s':
      return `${formatNumber(value, 1)} tasks/s`;
    case 'percent':
      return `${formatNumber(value)} %`;
    case 'ratio':
    case 'count':
      return formatNumber(value);
    default:
      return `${formatNumber(value)} ${value === 1 ? unit.slice(0, -1) : unit}`;
  }
}

function scaled(value: number, scale: Scale): string {
  const size = Math.abs(value);
  for (const [least, unit, symbol] of scale) {
    if (size >= least) {
      return `${formatNumber(value / unit, unit < 1 ? 3 : 1)} ${symbol}`;
    }
  }
  return String(value);
}
