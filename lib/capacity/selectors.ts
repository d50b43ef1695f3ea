import { exactly, type Labels, type Requirement, type Selector } from '../plan/capacity/labels';
import type { NodeTerm } from '../plan/capacity/pod';
import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { textsOf } from './cluster-objects';

const OPERATORS: readonly Requirement['operator'][] = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

/** Requirements of a list of expressions. One with an operator that Kubernetes has not is met by nothing. */
function requirementsOf(expressions: unknown): Requirement[] {
  return objectsOf(expressions).map(({ key, operator, values }) => {
    const known = OPERATORS.find((it) => it === operator);
    if (known === undefined) return { key: String(key), operator: 'In', values: [] };
    return {
      key: String(key),
      operator: known,
      ...(Array.isArray(values) && { values: values.map(String) }),
    };
  });
}

/** A LabelSelector, and what `matchLabelKeys` add to it; `undefined` when there is none, which selects nothing. */
export function labelSelector(term: Fields, labels: Labels): Selector | undefined {
  const selector = fieldsOf(term.labelSelector);
  if (selector === undefined) return undefined;
  const [same, other] = [term.matchLabelKeys, term.mismatchLabelKeys].map((keys) => keysOf(keys, labels));
  return [
    ...exactly(textsOf(selector.matchLabels)),
    ...requirementsOf(selector.matchExpressions),
    ...(same ?? []).map((key) => requirement(key, 'In', labels)),
    ...(other ?? []).map((key) => requirement(key, 'NotIn', labels)),
  ];
}

/** The selector of namespaces of a term; `undefined` when it has none. */
export function namespaceSelector(term: Fields): Selector | undefined {
  const selector = fieldsOf(term.namespaceSelector);
  if (selector === undefined) return undefined;
  return [...exactly(textsOf(selector.matchLabels)), ...requirementsOf(selector.matchExpressions)];
}

/** A NodeSelectorTerm. */
export function nodeTerm(term: Fields): NodeTerm {
  const names = requirementsOf(term.matchFields);
  return { labels: requirementsOf(term.matchExpressions), ...(names.length > 0 && { names }) };
}

/** The terms of the node affinity that is required; `undefined` when none is. */
export function requiredNodeTerms(pod: Fields): NodeTerm[] | undefined {
  const required = within(pod, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (fieldsOf(required) === undefined) return undefined;
  return objectsOf(within(required, 'nodeSelectorTerms')).map(nodeTerm);
}

function keysOf(keys: unknown, labels: Labels): string[] {
  return Array.isArray(keys) ? keys.map(String).filter((key) => labels[key] !== undefined) : [];
}

function requirement(key: string, operator: 'In' | 'NotIn', labels: Labels): Requirement {
  return { key, operator, values: [labels[key] ?? ''] };
}
