import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { formatQuantity } from '../plan/format';
import type { Problem } from '../plan/problem';
import { quantityValue } from '../schema/quantity';
import { containersOf } from '../workload/pod-of-document';
import { namespaceOf } from './objects';
import { type AmountKind, type ContainerDefaults, containerAmount, defaultsOf } from './pod-resources';
import type { CheckedDocument, Finding, Rule } from './rule';
import { type CheckedWorkload, workloadsOf } from './workloads';

/** The API server refuses pods with a container outside the bounds of a LimitRange; a workload then has none. */
export const limitRange: Rule = {
  id: 'limit-range',
  find(cluster) {
    const ranges = cluster.documents.filter(({ document }) => document.kind === 'LimitRange');
    if (ranges.length === 0) return [];
    const workloads = workloadsOf(cluster);
    return ranges.flatMap((range) => {
      const own = workloads.filter(({ namespace }) => namespace === namespaceOf(range));
      return own.flatMap((workload) => findIn(workload, range));
    });
  },
};

function findIn(workload: CheckedWorkload, range: CheckedDocument): Finding[] {
  const defaults = defaultsOf([range.document]);
  const bounds = objectsOf(within(range.document, 'spec', 'limits')).filter(
    ({ type }) => type === 'Container',
  );
  return containersOf(workload.pod).flatMap((container) =>
    bounds.flatMap(({ min, max }) =>
      [...violations(container, 'max', max, defaults), ...violations(container, 'min', min, defaults)].map(
        (problem) => ({
          at: workload.at,
          with: [range],
          problem: { ...problem, prop: `${problem.prop} of container ${container.name}` },
        }),
      ),
    ),
  );
}

/** A largest amount bounds the limit, a smallest one the request; one that is not said is outside as well. */
function violations(
  container: Fields,
  field: 'min' | 'max',
  bound: unknown,
  defaults: ContainerDefaults,
): Problem[] {
  const kind: AmountKind = field === 'max' ? 'limits' : 'requests';
  return Object.entries(fieldsOf(bound) ?? {}).flatMap(([resource, value]) => {
    const edge = quantityValue(value);
    const amount = containerAmount(container, kind, resource, defaults);
    if (edge === undefined) return [];
    if (amount !== undefined && (field === 'max' ? amount <= edge : amount >= edge)) return [];
    const show = (it: number) => formatQuantity(it, resource === 'cpu' ? 'cores' : 'bytes');
    return {
      prop: `resources.${kind}.${resource}`,
      wanted: `must be ${show(edge)} (${field} of the namespace's LimitRange) or ${field === 'max' ? 'less' : 'more'}`,
      got: amount === undefined ? 'none' : show(amount),
      fix: 'Change it, or the limitRange.',
    };
  });
}
