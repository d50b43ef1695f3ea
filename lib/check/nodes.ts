import { type Fields, fieldsOf, objectsOf, within } from '../fields';
import { meetsRequirement } from '../label-requirement';
import type { NodeShape, NodeShapeTaint } from './rule';

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
  const tolerations = objectsOf(pod.tolerations);
  return taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)));
}

/** As the scheduler reads a toleration: without a key it is for every taint, without an effect for every effect. */
function tolerates({ key, operator, value, effect }: Fields, taint: NodeShapeTaint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
}
