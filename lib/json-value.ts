/** A value of a Kubernetes document. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A Kubernetes document. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** A copy of a JSON value that shares nothing with it. */
export function copy<T>(value: T): T {
  return copyOf(value, (fields) => fields);
}

/** A copy of an object in which the fields below the first level are sorted, as cdk8s writes them. */
export function withSortedFields(document: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, sorted(value)]));
}

/** Whether two JSON values say the same, whatever the order of their fields. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted<T>(value: T): T {
  return copyOf(value, (fields) => fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Fields = [key: string, value: unknown][];

function copyOf<T>(value: T, order: (fields: Fields) => Fields): T;
function copyOf(value: unknown, order: (fields: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map((element) => copyOf(element, order));
  if (typeof value !== 'object' || value === null) return value;
  const fields = order(Object.entries(value));
  return Object.fromEntries(fields.map(([key, field]) => [key, copyOf(field, order)]));
}
