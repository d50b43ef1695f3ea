/** A field of an object or an element of a list, which need not be there yet. */
export interface Place {
  readonly parent: object;
  readonly key: string;
}

/** What stands at a place; `undefined` when nothing does. Names such as `valueOf` are fields like any other. */
export function read({ parent, key }: Place): unknown {
  return Object.getOwnPropertyDescriptor(parent, key)?.value;
}

/** Puts a value at a place. */
export function write({ parent, key }: Place, value: unknown): void {
  // An assignment to `__proto__` would not make a field.
  Object.defineProperty(parent, key, { value, configurable: true, enumerable: true, writable: true });
}

/** Takes away what stands at a place; the elements of a list behind it move up. */
export function take({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

/**
 * Where a JSON pointer (RFC 6901) leads to. In a list `*` stands for every element, and `name=data` for those whose
 * field `name` is `data`.
 *
 * @param grow whether objects on the way are made; lists are neither made nor grown
 */
export function placesOf(document: object, pointer: string, grow: boolean): Place[] {
  const keys = pointer.split('/').slice(1).map(unescapeKey);
  const last = keys.pop();
  if (last === undefined) return [];
  let parents = [document];
  for (const [index, key] of keys.entries()) {
    const holdsList = (keys[index + 1] ?? last) === '*';
    parents = parents.flatMap((parent) => children(parent, key, grow && !holdsList));
  }
  return parents.flatMap((parent) => places(parent, last));
}

function children(parent: object, key: string, grow: boolean): object[] {
  return places(parent, key).flatMap((place) => {
    if (grow && read(place) === undefined) write(place, {});
    const value = read(place);
    return typeof value === 'object' && value !== null ? [value] : [];
  });
}

function places(parent: object, key: string): Place[] {
  if (!Array.isArray(parent)) return [{ parent, key }];
  return [...parent.keys()]
    .filter((index) => key === '*' || key === String(index) || hasField(parent[index], key))
    .map((index) => ({ parent, key: String(index) }));
}

function hasField(element: unknown, condition: string): boolean {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(condition) ?? [];
  if (name === undefined || typeof element !== 'object' || element === null) return false;
  return read({ parent: element, key: name }) === value;
}

/** The name of a field as it stands in a JSON pointer. */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
