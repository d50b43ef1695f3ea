import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Fields, fieldsOf, within } from '../../plan/fields';
import type { Figures } from '../../plan/figures';
import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { evictablePods } from '../../plan/rollout/pod-share';
import { valueText } from '../../workload/value-text';
import { budgetsOf } from './others';
import { documentOf, type Target } from './target';

/**
 * A PodDisruptionBudget of the Deployment's own selector, where the tree has none for its pods yet.
 *
 * @param labels of the budget
 */
export function aroundBudget(
  scope: Construct,
  target: Target,
  { labels, figures }: { labels: Readonly<Record<string, string>>; figures: Figures },
): ApiObject | undefined {
  if (budgetsOf(target).length > 0) return undefined;
  return new ApiObject(scope, 'DisruptionBudget', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: target.name, labels: { ...labels } },
    spec: {
      maxUnavailable: figures.pdbMaxUnavailable.value,
      selector: Lazy.any({ produce: () => within(documentOf(target.object), 'spec', 'selector') }),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}

/** Two budgets of one pod make every eviction fail, and one that allows nothing holds up the drain of a node for ever. */
export function checkBudgets(
  target: Target,
  own: ApiObject | undefined,
  { minReplicas }: Figures,
): Problem[] {
  const budgets = budgetsOf(target);
  const [only, ...others] = budgets;
  if (others.length > 0) {
    return [
      {
        prop: 'PodDisruptionBudget',
        wanted: 'must be one for these pods: with two the API server refuses every eviction',
        got: budgets.map(({ object }) => object.node.path).join(' and '),
        fix:
          own === undefined
            ? 'Take one out.'
            : 'Take one out, or make it before Worker.around, which then adds none.',
      },
    ];
  }
  if (only === undefined || only.object === own) return [];
  const min = minReplicas.value;
  const { field, value, evictable } = evictableOf(only.document, min);
  if (evictable === undefined || evictable >= 1) return [];
  return [
    {
      prop: `PodDisruptionBudget ${only.object.name} /spec/${field}`,
      wanted: `must let one of ${formatNumber(min)} pods (scale.min) be evicted, or no node of theirs is ever drained`,
      got: valueText(value),
      fix: field === 'minAvailable' ? 'Lower it, or give maxUnavailable instead.' : 'Raise it.',
    },
  ];
}

/** How many of so many pods a budget lets be evicted, and by which field. */
function evictableOf({ spec }: Fields, pods: number) {
  const { maxUnavailable, minAvailable } = fieldsOf(spec) ?? {};
  const [field, value] =
    maxUnavailable === undefined ? ['minAvailable', minAvailable] : ['maxUnavailable', maxUnavailable];
  return { field, value, evictable: evictablePods({ maxUnavailable, minAvailable }, pods) };
}
