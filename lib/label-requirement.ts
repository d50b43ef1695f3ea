import type { Fields } from './fields';

/**
 * Whether labels meet a requirement of a selector (Kubernetes, `LabelSelectorRequirement` and
 * `NodeSelectorRequirement`); `undefined` for an operator that compares otherwise, such as `Gt`.
 */
export function meetsRequirement(
  { key, operator, values }: Fields,
  labels: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const value = labels[String(key)];
  const isListed = value !== undefined && Array.isArray(values) && values.includes(value);
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return undefined;
  }
}
