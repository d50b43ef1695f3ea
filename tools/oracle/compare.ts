import type { ScenarioRow } from '../../lib/plan';

/** Where two runs of one scenario part. */
export interface Difference {
  readonly row: number;
  readonly field: string;
  readonly oracle: unknown;
  readonly model: unknown;
}

const FIELDS = [
  't',
  'current',
  'desired',
  'ready',
  'listed',
  'raw',
  'err',
  'status',
  'seen',
  'able',
  'limited',
  'active',
  'zero',
] as const satisfies readonly (keyof ScenarioRow)[];

/** The first row and field in which the model's rows are not the oracle's. */
export function firstDifference(
  oracle: readonly ScenarioRow[],
  model: readonly ScenarioRow[],
): Difference | undefined {
  for (const [row, expected] of oracle.entries()) {
    const found = model[row];
    if (found === undefined) break;
    const field = FIELDS.find((name) => !isSame(expected[name], found[name]));
    if (field !== undefined) return { row, field, oracle: expected[field], model: found[field] };
  }
  if (oracle.length === model.length) return undefined;
  const row = Math.min(oracle.length, model.length);
  return { row, field: 'rows', oracle: oracle.length, model: model.length };
}

function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
