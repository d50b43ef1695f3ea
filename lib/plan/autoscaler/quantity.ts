/**
 * Quantities of Kubernetes as its autoscaler reads them (k8s.io/apimachinery/pkg/api/resource): digits and a power of
 * ten, without a way through a double that would round them.
 */

const QUANTITY = /^\+?(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i))?$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A quantity of 0 or more: `digits` × 10^`power`. */
export interface Quantity {
  readonly digits: bigint;
  readonly power: number;
}

/**
 * Reads a quantity such as `500m`, `1.5Gi`, `1e3` or the number 2.
 *
 * @returns `undefined` for what is none, and for negative ones
 */
export function readQuantity(value: unknown): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [matched, whole = '', part = '', fraction = part, exponent = '0', suffix = ''] =
    QUANTITY.exec(String(value)) ?? [];
  if (matched === undefined) return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { digits: digits * 1024n ** BigInt(binary), power: -fraction.length };
  const power = Number(exponent) + 3 * (DECIMAL.indexOf(suffix) - DECIMAL.indexOf('')) - fraction.length;
  return { digits, power };
}

/** A quantity in thousandths, rounded up as `MilliValue` does. */
export function milliValue({ digits, power }: Quantity): number {
  const shift = power + 3;
  if (shift >= 0) return Number(digits * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  return Number((digits + divisor - 1n) / divisor);
}

/**
 * A quantity as a double, by the product that `AsApproximateFloat64` takes of its canonical form, which is the one that
 * the API server stores: `0.05` is stored as `50m` and becomes 50 × 1e-3.
 */
export function approximateValue({ digits, power }: Quantity): number {
  if (digits === 0n) return 0;
  let value = digits;
  let scale = power;
  while (value % 10n === 0n) {
    value /= 10n;
    scale += 1;
  }
  while (scale % 3 !== 0) {
    value *= 10n;
    scale -= 1;
  }
  return scale === 0 ? Number(value) : Number(value) * Number(`1e${scale}`);
}
