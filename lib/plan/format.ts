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

const EXACT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const COARSE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A number for humans: at most three decimals, and three significant digits below 0.1. */
export function formatNumber(value: number): string {
  return format(value, EXACT);
}

function format(value: number, style: Intl.NumberFormat): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= LONGEST || (size > 0 && size < 1e-9)) {
    return String(value);
  }
  return (size > 0 && size < 0.1 ? SMALL : style).format(value);
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
      return value === 0 ? '0 s' : scaled(value, SECONDS, EXACT);
    case 'bytes':
      return scaled(value, BYTES, COARSE);
    case 'tasks/s':
    case 'requests/s':
      return `${format(value, COARSE)} ${unit}`;
    case 'percent':
      return `${formatNumber(value)} %`;
    case 'ratio':
    case 'count':
      return formatNumber(value);
    default:
      return `${formatNumber(value)} ${value === 1 ? unit.slice(0, -1) : unit}`;
  }
}

/** A share for humans, in whole percents. */
export function formatShare(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function scaled(value: number, scale: Scale, style: Intl.NumberFormat): string {
  const size = Math.abs(value);
  for (const [least, unit, symbol] of scale) {
    if (size >= least) {
      return `${format(value / unit, style)} ${symbol}`;
    }
  }
  return String(value);
}
