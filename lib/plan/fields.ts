/** The fields of an object of a document, whatever stands in them. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object; `undefined` when it is something else. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** The objects of a list; none when the value is no list. */
export function objectsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The documents of a document: a list, as kubectl prints several objects, is its items. */
export function documentsOfList(document: unknown): readonly unknown[] {
  const items = within(document, 'items');
  return Array.isArray(items) && textAt(document, 'kind')?.endsWith('List') ? items : [document];
}

/** What stands below an object under these names, one within the other. */
export function within(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((parent, name) => fieldsOf(parent)?.[name], value);
}

/** A text below an object; `undefined` when something else stands there. */
export function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  const found = within(value, ...names);
  return typeof found === 'string' ? found : undefined;
}

/** A finite number below an object; `undefined` when something else stands there. */
export function numberAt(value: unknown, ...names: readonly string[]): number | undefined {
  const found = within(value, ...names);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
