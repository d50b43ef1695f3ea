import { isAcknowledged } from '../../acknowledge';
import { isHandedOver } from '../../handed-over';
import type { JsonObject } from '../../json-value';
import { formatProblem } from '../../plan/problem';
import type { TreeProblem } from '../../spec-error';
import type { RenderedChart, RenderedObject } from '../documents';
import { documentsIn } from '../documents-in';
import { identityKey, identityOf } from '../identity';
import type { Hazard } from './change';
import { handoverHazards } from './handover';
import { immutableFieldHazards } from './immutable-fields';
import { renameHazards } from './renames';
import { UnchangedParts } from './unchanged';

/**
 * Changes of committed manifests that a cluster would refuse, or that would do harm in it, less what is acknowledged.
 *
 * @param charts what is to be written
 * @param committed texts of the files that are to change or go, by path relative to the folder; empty for those that
 * are to come
 * @param files texts of what is to be written, likewise
 */
export function reviewChanges(
  charts: readonly RenderedChart[],
  committed: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): TreeProblem[] {
  const environments = new Set(charts.map(({ environment }) => environment?.name ?? ''));
  const unchanged = new UnchangedParts(files, committed);
  const before = new Map<string, Map<string, JsonObject>>();
  for (const path of committed.keys()) {
    const [folder = ''] = path.split('/');
    const environment = path.includes('/') && environments.has(folder) ? folder : '';
    const documents = before.get(environment) ?? new Map<string, JsonObject>();
    before.set(environment, documents);
    // Of what somebody broke there is nothing to compare.
    for (const document of documentsIn(unchanged.changedIn(path), () => undefined))
      documents.set(identityKey(identityOf(document)), document);
  }
  return [...before].flatMap(([environment, documents]) =>
    hazardsIn(
      charts
        .filter((chart) => (chart.environment?.name ?? '') === environment)
        .flatMap(({ objects }) => objects),
      documents,
      unchanged,
    ),
  );
}

function hazardsIn(
  objects: readonly RenderedObject[],
  before: ReadonlyMap<string, JsonObject>,
  unchanged: UnchangedParts,
): TreeProblem[] {
  const all = objects.map(({ document }) => document);
  const keys = new Set(all.map((document) => identityKey(identityOf(document))));
  const gone = [...before].filter(([key]) => !keys.has(key)).map(([, document]) => document);
  return objects.flatMap((rendered) => {
    const after = rendered.document;
    const identity = identityOf(after);
    const old = before.get(identityKey(identity));
    if (old === undefined) {
      const renames = renameHazards(after, gone, { before: [...before.values()], after: all });
      return renames.length === 0 || unchanged.has(after) ? [] : problems(rendered, renames);
    }
    const change = { identity, before: old, after };
    const handover = isHandedOver(rendered.object) ? [] : handoverHazards(change, all);
    return problems(rendered, [...immutableFieldHazards(change), ...handover]);
  });
}

function problems({ object }: RenderedObject, hazards: readonly Hazard[]): TreeProblem[] {
  return hazards
    .filter(({ rule }) => !isAcknowledged(object, rule))
    .map(({ problem }) => ({ path: object.node.path, message: formatProblem(problem) }));
}
