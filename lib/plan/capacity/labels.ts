/** Labels by key. */
export type Labels = Readonly<Record<string, string>>;

/** What a selector asks of one label. */
export interface Requirement {
  /** The label. */
  readonly key: string;
  /** How its value is compared; `Gt` and `Lt` compare whole numbers, and only labels of nodes. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  /**
   * What it is compared with.
   * @default none, for operators that need none
   */
  readonly values?: readonly string[];
}

/** Requirements that all have to hold; without any, everything is selected. */
export type Selector = readonly Requirement[];

/** Requirements for exactly these labels. */
export function exactly(labels: Labels): Selector {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

/** Whether labels meet every requirement (Kubernetes, `LabelSelector` and `NodeSelectorTerm`). */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) => meets(requirement, labels[requirement.key]));
}

/**
 * Whether a label meets a requirement.
 *
 * @param value `undefined` when there is no such label
 */
export function meets(
  {
    operator,
    values = [],
  }: { readonly operator: Requirement['operator']; readonly values?: readonly unknown[] },
  value: unknown,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && integer(value) > integer(values[0]);
    case 'Lt':
      return value !== undefined && integer(value) < integer(values[0]);
  }
}

/** NaN, which compares with nothing, for what is no whole number. */
function integer(text: unknown): number {
  return typeof text === 'string' && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}
