// TypeScript types of the built-in kinds, from the tables: fields of the newest version, without prose.

import type { Shape, ShapeRules, Table } from '../../lib/schema/shape';
import { parseTypeText } from '../../lib/schema/type-text';

const SCALARS: { readonly [name: string]: string } = {
  any: 'JsonValue',
  boolean: 'boolean',
  bytes: 'string',
  int32: 'number',
  int64: 'number',
  'int-or-string': 'number | string',
  number: 'number',
  object: '{ readonly [key: string]: JsonValue }',
  quantity: 'string | number',
  string: 'string',
  time: 'string',
};

/** The text of a module with a namespace of types for each version of each group that is neither alpha nor beta. */
export function printTypes(tables: readonly Table[], mark: string): string {
  const stable = tables.flatMap(({ group, types }) => {
    const names = Object.keys(types).filter((name) => isStable(name));
    const versions = [...new Set(names.map((name) => name.split('.')[0] ?? ''))].sort();
    return versions.map((version) => ({ group, version, types: ofVersion(types, version) }));
  });
  const namespaces = stable.map(({ group, version, types }) => {
    const interfaces = Object.entries(types).map(([name, shape]) => printInterface(name, shape, group));
    return `export namespace ${namespaceOf(group, version)} {\n${interfaces.join('\n')}\n}\n`;
  });
  return [`// ${mark}`, "import type { JsonValue } from '../json-value';", '', ...namespaces].join('\n');
}

function ofVersion(types: Table['types'], version: string): { [name: string]: ShapeRules } {
  const own = Object.entries(types).filter(([name]) => name.startsWith(`${version}.`));
  return Object.fromEntries(own.map(([name, shape]) => [name.slice(version.length + 1), shape]));
}

function printInterface(name: string, shape: ShapeRules, group: string): string {
  if (shape.fields === undefined) return `  export type ${name} = ${typeOf(shape, group)};`;
  const fields = Object.entries(shape.fields).map(([field, part]) => {
    const isRequired = shape.required?.includes(field) ?? false;
    const note = typeof part === 'string' ? '' : noteOf(part);
    return `${note}    readonly ${keyOf(field)}${isRequired ? '' : '?'}: ${typeOf(part, group)};`;
  });
  return `  export interface ${name} {\n${fields.join('\n')}\n  }`;
}

/** What one has to know of a field that not all versions have. */
function noteOf({ in: versions, gates }: ShapeRules): string {
  const parts = [
    ...(versions === undefined ? [] : [`Kubernetes ${versions}`]),
    ...(gates === undefined ? [] : [`feature gate ${gates.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `    /** ${parts.join('; ')} */\n`;
}

function typeOf(shape: Shape, group: string): string {
  if (typeof shape !== 'string') return shape.is === undefined ? 'JsonValue' : typeOf(shape.is, group);
  const parsed = parseTypeText(shape);
  switch (parsed.form) {
    case 'list':
      return `readonly (${typeOf(parsed.of, group)})[]`;
    case 'map':
      return `{ readonly [key: string]: ${typeOf(parsed.of, group)} }`;
    case 'scalar':
      return SCALARS[parsed.name] ?? 'JsonValue';
    case 'values':
      return parsed.values.map(({ value }) => `'${value}'`).join(' | ');
    case 'type':
      return reference(parsed.name, parsed.table, group);
    default:
      return parsed satisfies never;
  }
}

function reference(text: string, table: string | undefined, group: string): string {
  const [version = '', name = ''] = text.split('.');
  if (!isStable(text)) return 'JsonValue';
  return `${namespaceOf(table ?? group, version)}.${name}`;
}

/** `AppsV1`, `NetworkingV1` */
function namespaceOf(group: string, version: string): string {
  const word = group === '' || group === 'core' ? 'core' : (group.split('.')[0] ?? '');
  return `${capital(word)}${capital(version)}`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function isStable(name: string): boolean {
  return /^v\d+\./.test(name);
}

function keyOf(field: string): string {
  return /^[A-Za-z]\w*$/.test(field) ? field : `'${field}'`;
}
