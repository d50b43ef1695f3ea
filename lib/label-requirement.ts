import { meets } from './plan/capacity/labels';
import type { Fields } from './plan/fields';

/** Operators that both kinds of requirement have. */
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/**
 * Whether labels meet a requirement of a selector (Kubernetes, `LabelSelectorRequirement` and
 * `NodeSelectorRequirement`); `undefined` for an operator that compares otherwise, such as `Gt`.
 */
export function meetsRequirement(
  { key, operator, values }: Fields,
  labels: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const known = OPERATORS.find((it) => it === operator);
  if (known === undefined) return undefined;
  return meets({ operator: known, values: Array.isArray(values) ? values : [] }, labels[String(key)]);
}
