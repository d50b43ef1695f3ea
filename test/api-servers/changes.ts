import fc from 'fast-check';
import type { JsonObject } from '../../lib/json-value';
import { mutate } from '../schema/mutate';

/** Documents of which each has forms that the others lack: those with most fields come first. */
export function differentOf(documents: readonly JsonObject[]): JsonObject[] {
  const seen = new Set<string>();
  const isNew = (document: JsonObject) => {
    const size = seen.size;
    for (const path of pathsIn(document, '')) seen.add(`${document.apiVersion} ${document.kind} ${path}`);
    return seen.size > size;
  };
  const bySize = [...documents].sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
  return bySize.filter(isNew);
}

/** Paths of all fields, whatever the places in lists. */
function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => pathsIn(element, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, field]) => pathsIn(field, `${path}.${key}`));
}

/**
 * Documents with one small change each, the same for the same seed: each document in turn.
 *
 * @param count how many to try; a change that changes nothing is left out
 */
export function changesOf(documents: readonly JsonObject[], count: number, seed: number): JsonObject[] {
  const steps = fc.sample(fc.tuple(fc.nat(), fc.nat()), { numRuns: count, seed });
  return steps.flatMap(([place, kind], index) => {
    const document = documents[index % documents.length] ?? {};
    const changed = mutate(document, place, kind);
    return JSON.stringify(changed) === JSON.stringify(document) ? [] : [changed];
  });
}
