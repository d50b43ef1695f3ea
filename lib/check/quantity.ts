/** What the suffix of a quantity multiplies by. */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number that a Kubernetes quantity stands for, such as 0.5 for `500m` and 1073741824 for `1Gi`; `undefined` for a
 * value that is none.
 */
export function parseQuantity(value: unknown): number | undefined {
  const [, digits, suffix = '', exponent] =
    /^([-+]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([-+]?\d+))?$/.exec(String(value)) ?? [];
  const factor = FACTORS[suffix];
  if (digits === undefined || factor === undefined) return undefined;
  return Number(digits) * factor * 10 ** Number(exponent ?? 0);
}
