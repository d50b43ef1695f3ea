import { isSame, withSortedFields } from '../json-value';
import { type Fields, fieldsOf, within } from '../plan/fields';

/** A place where two documents differ. */
export interface FieldChange {
  /** Names on the way to it; an element of a list is named by what tells it apart, in brackets: `[worker]`. */
  readonly keys: readonly string[];
  /** `undefined`: nothing is there. */
  readonly was: unknown;
  /** `undefined`: nothing is there. */
  readonly is: unknown;
}

/** What tells the elements of a list of objects apart, the first that does. */
const ELEMENT_KEYS = ['name', 'mountPath', 'containerPort', 'port', 'type', 'topologyKey', 'key', 'ip'];

/** The deepest places where two JSON values differ. Lists of objects are compared by what names their elements. */
export function fieldChanges(was: unknown, is: unknown, keys: readonly string[] = []): FieldChange[] {
  if (was === is || isSame(was ?? null, is ?? null)) return [];
  if (Array.isArray(was) && Array.isArray(is)) return listChanges(was, is, keys);
  const [before, after] = [fieldsOf(was), fieldsOf(is)];
  if (before !== undefined && after !== undefined) return objectChanges(before, after, keys);
  const documents = [documentIn(was), documentIn(is)];
  if (documents[0] !== undefined && documents[1] !== undefined) {
    const found = objectChanges(documents[0], documents[1], [...keys, '{}']);
    // Two texts of the same document differ by layout alone.
    return found.length > 0 ? found : [{ keys, was, is }];
  }
  return [{ keys, was, is }];
}

/** The same place in the words of a person: `spec.template.spec.containers[worker].image`. */
export function pathOf({ keys }: Pick<FieldChange, 'keys'>): string {
  return keys.reduce((path, key) => {
    if (key === '{}') return `${path}:`;
    if (key.startsWith('[')) return `${path}${key}`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}

function objectChanges(was: Fields, is: Fields, keys: readonly string[]): FieldChange[] {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].sort().flatMap((name) => fieldChanges(own(was, name), own(is, name), [...keys, name]));
}

function listChanges(
  was: readonly unknown[],
  is: readonly unknown[],
  keys: readonly string[],
): FieldChange[] {
  const [before, after] = namedElements(was, is);
  if (before === undefined || after === undefined) {
    if (was.length !== is.length) return [{ keys, was, is }];
    return was.flatMap((element, index) => fieldChanges(element, is[index], [...keys, `[${index}]`]));
  }
  const names = new Set([...before.keys(), ...after.keys()]);
  const found = [...names].flatMap((name) =>
    fieldChanges(before.get(name), after.get(name), [...keys, `[${name}]`]),
  );
  // The same elements in another order are another list to an API server.
  return found.length > 0 ? found : [{ keys, was: [...before.keys()], is: [...after.keys()] }];
}

type Elements = Map<string, unknown>;

/** Elements by what names them on both sides; nothing where some have no name, or share one. */
function namedElements(was: readonly unknown[], is: readonly unknown[]): [Elements?, Elements?] {
  for (const key of ELEMENT_KEYS) {
    const [before, after] = [was, is].map((list) => elementsBy(key, list));
    if (before?.size === was.length && after?.size === is.length) return [before, after];
  }
  return [];
}

function elementsBy(key: string, list: readonly unknown[]): Elements {
  return new Map(
    list.flatMap((element): [string, unknown][] => {
      // Claim templates have theirs in metadata.
      const name = fieldsOf(element)?.[key] ?? within(element, 'metadata', key);
      return typeof name === 'string' || typeof name === 'number' ? [[String(name), element]] : [];
    }),
  );
}

/** The JSON document that a text holds, as configurations in ConfigMaps do. */
function documentIn(value: unknown): Fields | undefined {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return undefined;
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return undefined;
  }
}

function own(fields: Fields, name: string): unknown {
  return Object.getOwnPropertyDescriptor(fields, name)?.value;
}

/**
 * Where a live object is unlike the manifest that it is to become, as far as the manifest says: what a server added to
 * it is no difference.
 */
export function changesAsManifested(live: unknown, manifest: unknown): FieldChange[] {
  return fieldChanges(restricted(live, manifest), manifest);
}

/** A value without the fields that another one does not have. */
function restricted(value: unknown, to: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(to)) {
    const [elements, wanted] = namedElements(value, to);
    if (elements === undefined || wanted === undefined) {
      return value.map((element, index) => restricted(element, to[index]));
    }
    return [...elements].map(([name, element]) => restricted(element, wanted.get(name)));
  }
  const [fields, others] = [fieldsOf(value), fieldsOf(to)];
  if (fields === undefined || others === undefined) return value;
  return withSortedFields(
    Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => Object.hasOwn(others, name))
        .map(([name, field]) => [name, restricted(field, others[name])]),
    ),
  );
}
