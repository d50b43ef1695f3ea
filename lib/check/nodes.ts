import { meetsRequirement } from '../label-requirement';
import type { Toleration } from '../plan/capacity/pod';
import { toleratesAll } from '../plan/capacity/taints';
import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import type { NodeShape } from './rule';

/** Nodes that a pod may run on at most; `undefined` when the nodes are not known. */
export function nodesFor(pod: Fields, shapes: readonly NodeShape[] | undefined): number | undefined {
  if (shapes === undefined) return undefined;
  const known = new Set(shapes.flatMap(({ labels }) => Object.keys(labels)));
  return shapes
    .filter((shape) => wants(pod, shape, known) && isTolerated(pod, shape))
    .reduce((sum, { most }) => sum + most, 0);
}

/**
 * Whether a pod may want nodes of this shape, by nodeSelector and required node affinity. Labels that no shape names,
 * such as those that every node has, rule nothing out.
 */
function wants(pod: Fields, { labels }: NodeShape, known: ReadonlySet<string>): boolean {
  const selector = Object.entries(fieldsOf(pod.nodeSelector) ?? {});
  if (!selector.every(([key, value]) => !known.has(key) || labels[key] === value)) return false;
  const required = within(pod, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = objectsOf(within(required, 'nodeSelectorTerms'));
  const holds = (term: Fields) =>
    objectsOf(term.matchExpressions).every(
      (it) => !known.has(String(it.key)) || (meetsRequirement(it, labels) ?? true),
    );
  return terms.length === 0 || terms.some(holds);
}

function isTolerated(pod: Fields, { taints }: NodeShape): boolean {
  return toleratesAll(objectsOf(pod.tolerations).map(tolerationOf), taints);
}

/** A toleration of a pod. */
export function tolerationOf({ key, operator, value, effect }: Fields): Toleration {
  return {
    ...(key !== undefined && { key: String(key) }),
    ...(operator === 'Exists' && { operator }),
    ...(value !== undefined && { value: String(value) }),
    ...(effect !== undefined && { effect: String(effect) }),
  };
}
