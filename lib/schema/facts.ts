import type { Shape, ShapeRules, Table } from './shape';
import { findKind, ownerOf, ownValue, parseApiVersion, tableOf } from './tables';
import { parseTypeText } from './type-text';

/** Whether objects of a kind are in namespaces; `undefined` when there is no schema of the kind. */
export function isNamespaced(apiVersion: string, kind: string): boolean | undefined {
  const known = findKind(apiVersion, kind);
  return known === undefined ? undefined : known.namespaced === true;
}

/**
 * The fields by which the API server tells the elements of a list apart: `['name']` for
 * `/spec/template/spec/containers` of a Deployment. Lists without such fields, which it replaces as a whole, have
 * none; `undefined` when no list of a known kind is at the pointer.
 *
 * @param pointer JSON pointer; what stands for an element of a list (`0`, `*`) may be anything
 */
export function listKeys(apiVersion: string, kind: string, pointer: string): readonly string[] | undefined {
  const known = findKind(apiVersion, kind);
  const table = tableOf(parseApiVersion(apiVersion).group);
  if (known === undefined || table === undefined) return undefined;
  let place: Place | undefined = { table, shape: known.type };
  for (const key of keysOfPointer(pointer)) place = place && below(place, key);
  const list = place && resolve(place);
  if (list === undefined) return undefined;
  return keysOf(list.shape)?.map((key) => key.split('=')[0] ?? key);
}

function keysOfPointer(pointer: string): string[] {
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A shape, and the table that it is said in. */
interface Place {
  readonly table: Table;
  readonly shape: Shape;
}

function keysOf(shape: Shape): readonly string[] | undefined {
  if (typeof shape !== 'string') return shape.items === undefined ? undefined : (shape.keys ?? []);
  const parsed = parseTypeText(shape);
  return parsed.form === 'list' ? parsed.keys : undefined;
}

/** What stands below a key. */
function below(place: Place, key: string): Place | undefined {
  const { table, shape } = resolve(place);
  if (typeof shape === 'string') {
    const parsed = parseTypeText(shape);
    return parsed.form === 'list' || parsed.form === 'map' ? { table, shape: parsed.of } : undefined;
  }
  const found = ownValue(shape.fields, key) ?? shape.rest ?? shape.items;
  return found === undefined ? undefined : { table, shape: found };
}

/** The shape behind the name of a type. */
function resolve({ table, shape }: Place): Place {
  const text = typeof shape === 'string' ? shape : onlyIs(shape);
  if (text === undefined) return { table, shape };
  const parsed = parseTypeText(text);
  if (parsed.form !== 'type') return { table, shape: text };
  const owner = ownerOf(parsed, table);
  const type = owner?.types[parsed.name];
  return owner === undefined || type === undefined
    ? { table, shape }
    : resolve({ table: owner, shape: type });
}

function onlyIs({ is, fields, items, rest }: ShapeRules): string | undefined {
  return fields === undefined && items === undefined && rest === undefined ? is : undefined;
}
