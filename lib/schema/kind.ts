import { absence } from './check-versions';
import { nearest } from './nearest';
import type { Kind, Table } from './shape';
import { allTables } from './tables';
import type { Span } from './versions';
import type { Check } from './walk';

/** The parts of `apiVersion` and `kind`. */
export interface Identity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Most letters that a misspelt group differs from the right one in. */
const SLIP = 2;

/** An `apiVersion` as it is written. */
export function apiVersionOf({ group, version }: Pick<Identity, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** What is wrong with a kind that a table has, for the versions at hand; `undefined` when nothing is. */
export function servedCheck(identity: Identity, known: Kind, table: Table, span: Span): Check | undefined {
  const apiVersion = apiVersionOf(identity);
  const instead = otherVersion(identity, table, span);
  if (known.in !== undefined && span.outside(known.in).length > 0) {
    const { got, fix } = absence(known.in, span);
    return (_, walk) =>
      walk.add(
        'version',
        {
          wanted: `must be a version of ${identity.kind} in all of ${span}`,
          got: `${apiVersion}, ${got}`,
          fix: instead === undefined ? fix : `Write ${instead}.`,
        },
        'apiVersion',
      );
  }
  if (table.source !== 'Kubernetes' || span.serves(apiVersion)) return undefined;
  return (_, walk) =>
    walk.add(
      'version',
      {
        wanted: 'must be a version that clusters serve by default',
        got: `${apiVersion}, which they do not`,
        fix:
          instead === undefined
            ? 'Have all clusters serve it (--runtime-config) and name it in kubernetes.apis.'
            : `Write ${instead}.`,
      },
      'apiVersion',
    );
}

/**
 * What is wrong with a kind that is in no table; `undefined` when it may well be that of a CRD that nobody has shown.
 *
 * @param tables those of its group
 */
export function missingKindCheck(
  identity: Identity,
  tables: readonly Table[],
  span: Span,
): Check | undefined {
  const instead = tables.map((table) => otherVersion(identity, table, span)).find((it) => it !== undefined);
  if (instead !== undefined) return wrongVersion(identity, tables, instead, span);
  const elsewhere = findElsewhere(identity, tables.length === 0, span);
  if (elsewhere !== undefined) return wrongVersion(identity, tables, elsewhere, span);
  // The group of a CRD has a dot.
  if (tables.length === 0 && identity.group.includes('.')) return undefined;
  const kinds = tables.flatMap((table) => Object.keys(table.kinds).map((name) => name.split('/')[1] ?? ''));
  const like = nearest(identity.kind, kinds);
  const isResource = tables.some(({ source }) => source !== 'Kubernetes');
  const apart = isResource ? ' If it is that of a newer CRD, give its schema: CustomSchemas.' : '';
  return (_, walk) =>
    walk.add(
      'kind',
      {
        wanted: `must be a kind of ${apiVersionOf(identity)} in ${sourceOf(tables, span)}`,
        got: JSON.stringify(identity.kind),
        fix: `${like === undefined ? 'Correct kind or apiVersion.' : `Write ${like}.`}${apart}`,
      },
      'kind',
    );
}

function wrongVersion(identity: Identity, tables: readonly Table[], instead: string, span: Span): Check {
  return (_, walk) =>
    walk.add(
      'kind',
      {
        wanted: `must be one that has ${identity.kind} in ${sourceOf(tables, span)}`,
        got: apiVersionOf(identity),
        fix: `Write ${instead}.`,
      },
      'apiVersion',
    );
}

function sourceOf([table]: readonly Table[], span: Span): string {
  return table === undefined || table.source === 'Kubernetes' ? String(span) : table.source;
}

/** Another version of the same group that has the kind and is served throughout, the most stable one. */
function otherVersion({ version, kind }: Identity, table: Table, span: Span): string | undefined {
  const versions = Object.entries(table.kinds).flatMap(([name, { in: ranges }]) => {
    const [other = '', otherKind] = name.split('/');
    const isEverywhere = ranges === undefined || span.outside(ranges).length === 0;
    return otherKind === kind && other !== version && isEverywhere ? [other] : [];
  });
  const [best] = versions.sort((a, b) => stability(a) - stability(b) || (a < b ? 1 : -1));
  if (best === undefined) return undefined;
  const apiVersion = apiVersionOf({ group: table.group, version: best });
  return table.source === 'Kubernetes' && !span.serves(apiVersion) ? undefined : apiVersion;
}

function stability(version: string): number {
  return version.includes('alpha') ? 2 : version.includes('beta') ? 1 : 0;
}

/** Where a kind is that was looked for in a wrong group. */
function findElsewhere(identity: Identity, isUnknownGroup: boolean, span: Span): string | undefined {
  const isForeign = isUnknownGroup && identity.group.includes('.');
  for (const table of allTables()) {
    if (table.source !== 'Kubernetes' || table.group === identity.group) continue;
    // A group that nobody knows is taken for a slip only when it is much like one with that very kind.
    if (isForeign && !isSlip(identity.group, table.group)) continue;
    const found = otherVersion({ ...identity, version: '' }, table, span);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSlip(one: string, other: string): boolean {
  return nearest(one, [other], SLIP) !== undefined;
}
