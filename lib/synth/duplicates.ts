import type { TreeProblem } from '../spec-error';
import type { RenderedChart, RenderedObject } from './documents';
import { type Identity, identityKey, identityOf } from './identity';

/**
 * Objects of one environment that are one and the same to its cluster, which knows an object by group, kind, namespace
 * and name: of two with the same, the last one wins.
 */
export function duplicateProblems(charts: readonly RenderedChart[]): TreeProblem[] {
  const first = new Map<string, RenderedObject>();
  const problems: TreeProblem[] = [];
  for (const { environment, objects } of charts) {
    for (const rendered of objects) {
      const identity = identityOf(rendered.document);
      const key = `${environment?.node.path ?? ''} ${identityKey(identity)}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, rendered);
      else problems.push(duplicate(rendered, identity, other));
    }
  }
  return problems;
}

function duplicate(
  { object }: RenderedObject,
  { kind, namespace, name }: Identity,
  other: RenderedObject,
): TreeProblem {
  const place = namespace === undefined ? '' : ` in ${namespace}`;
  const wayOut = namespace === undefined ? '' : ', or give its chart another namespace';
  return {
    path: object.node.path,
    message:
      `metadata.name must be the only ${kind} of its name${place}, got ${name}, ` +
      `which ${other.object.node.path} has already. Rename one of them${wayOut}.`,
  };
}
