import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind, Table } from './shape';

const FOLDER = join(__dirname, 'tables');

/** What is said of all tables together. */
interface Index {
  /** Versions of Kubernetes that there are tables of, oldest first. */
  readonly kubernetes: readonly string[];
  /** Where the table of each group is from. */
  readonly groups: { readonly [group: string]: string };
}

const loaded = new Map<string, Table>();
let index: Index | undefined;

/** Minor versions of Kubernetes that documents can be checked against, oldest first. */
export function knownVersions(): readonly string[] {
  return readIndex().kubernetes;
}

/** The table of a group, read when it is first asked for; `undefined` for groups that there is none of. */
export function tableOf(group: string): Table | undefined {
  const found = loaded.get(group);
  if (found !== undefined || !Object.hasOwn(readIndex().groups, group)) return found;
  const table = read<Table>(group === '' ? 'core' : group);
  loaded.set(group, table);
  return table;
}

/** All tables with kinds. Reads them, so it is for messages only. */
export function allTables(): Table[] {
  const tables = Object.keys(readIndex().groups).flatMap((group) => tableOf(group) ?? []);
  return tables.filter(({ kinds }) => Object.keys(kinds).length > 0);
}

/**
 * The table that a type is in.
 *
 * @param from the table that names it
 */
export function ownerOf({ table }: { readonly table: string | undefined }, from: Table): Table | undefined {
  return table === undefined ? from : tableOf(table === 'core' ? '' : table);
}

/** What is known of a kind; `undefined` when it is in no table. */
export function findKind(apiVersion: string, kind: string): Kind | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  return ownValue(tableOf(group)?.kinds, `${version}/${kind}`);
}

/** Group and version of an `apiVersion`; the core group's name is empty. */
export function parseApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

/** The value of a field of one's own: names such as `constructor` are no fields of everything. */
export function ownValue<T>(fields: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function readIndex(): Index {
  index ??= read<Index>('index');
  return index;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, `zz_${name}.gen.json`), 'utf8'));
}
