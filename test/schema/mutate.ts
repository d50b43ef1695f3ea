import type { JsonObject, JsonValue } from '../../lib/json-value';

type Path = readonly (string | number)[];

const REPLACEMENTS: readonly JsonValue[] = [
  null,
  true,
  -1,
  0,
  1.5,
  70000,
  2 ** 40,
  '',
  'Odd Value!',
  '3',
  'x'.repeat(300),
  [],
  {},
  [null],
  { any: 'thing' },
];

/**
 * A copy of a document with one change: a field is taken out, misspelt, doubled or given another value.
 *
 * @param place which value changes, @param kind how; numbers of any size
 */
export function mutate(document: JsonObject, place: number, kind: number): JsonObject {
  const copy = structuredClone(document) as unknown as JsonObject;
  const paths = pathsOf(copy);
  const path = paths[place % paths.length] ?? [];
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((value, step) => Reflect.get(Object(value), step), copy);
  const change = kind % (REPLACEMENTS.length + 3);
  if (change === 0) remove(parent, key);
  else if (change === 1 && !Array.isArray(parent)) {
    Reflect.set(Object(parent), `${key}s`, Reflect.get(Object(parent), key));
    remove(parent, key);
  } else if (change <= 2 && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
  else Reflect.set(Object(parent), key, structuredClone(REPLACEMENTS[change % REPLACEMENTS.length]));
  return copy;
}

/** Places of all values but `apiVersion` and `kind`. */
function pathsOf(value: JsonValue, path: Path = []): Path[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== 'object' || value === null) return own;
  const entries: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((element, index) => [index, element])
    : Object.entries(value);
  const inner = entries.filter(([key]) => path.length > 0 || (key !== 'apiVersion' && key !== 'kind'));
  return [...own, ...inner.flatMap(([key, field]) => pathsOf(field, [...path, key]))];
}

function remove(parent: unknown, key: string | number): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(Object(parent), key);
}
