const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Whether a value is a quantity of Kubernetes, such as `500m`, `1.5Gi` or 2. */
export function isQuantity(value: unknown): boolean {
  return typeof value === 'string' ? QUANTITY.test(value) : Number.isFinite(value);
}

/**
 * The number that a quantity stands for, as near as a double can be, such as 0.5 for `500m` and 1073741824 for `1Gi`;
 * `undefined` when it is none.
 */
export function quantityValue(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const [, digits, exponent = '0', suffix = ''] = (typeof value === 'string' && QUANTITY.exec(value)) || [];
  if (digits === undefined) return undefined;
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return Number(digits) * 1024 ** binary;
  const power = Number(exponent) + 3 * (DECIMAL.indexOf(suffix) - DECIMAL.indexOf(''));
  // Text, since a product of 0.1 is not what it seems.
  return Number(`${digits}e${power}`);
}
