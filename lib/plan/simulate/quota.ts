import { approximateValue, readQuantity } from '../autoscaler/quantity';
import { fieldsOf, numberAt, textAt, within } from '../fields';
import { listAt, nameOf, ofKind } from './document';
import { scalersOf } from './workload';

/** Kinds whose pods a quota counts, and where their template lies. */
const OWNERS = ['Deployment', 'StatefulSet', 'ReplicaSet'] as const;

/**
 * Most pods of a workload that the quotas of its namespace allow, while all others there have their fewest pods.
 * Quotas with scopes are passed over, as they do not count all pods.
 */
export function quotaPods(documents: readonly unknown[], workload: unknown, template: unknown): number {
  const { name, namespace } = nameOf(workload);
  const isHere = (document: unknown) => nameOf(document).namespace === namespace;
  const others = OWNERS.flatMap((kind) => ofKind(documents, kind)).filter(
    (document) => isHere(document) && document !== workload,
  );
  let most = Number.POSITIVE_INFINITY;
  for (const quota of ofKind(documents, 'ResourceQuota').filter(isHere)) {
    if (within(quota, 'spec', 'scopes') !== undefined || within(quota, 'spec', 'scopeSelector') !== undefined)
      continue;
    const hard = fieldsOf(within(quota, 'spec', 'hard')) ?? {};
    for (const [resource, limit] of Object.entries(hard)) {
      const each = usedByPod(template, resource);
      if (each === 0) continue;
      const taken = others.reduce<number>((sum, other) => {
        const pods = fewestPods(documents, other);
        return sum + pods * usedByPod(within(other, 'spec', 'template'), resource);
      }, 0);
      most = Math.min(most, Math.floor((amount(limit) - taken) / each + 1e-9));
    }
  }
  return name === '' ? Number.POSITIVE_INFINITY : Math.max(0, most);
}

function fewestPods(documents: readonly unknown[], workload: unknown): number {
  const { name, namespace } = nameOf(workload);
  const scaler = scalersOf(documents).find(
    (it) => textAt(it, 'spec', 'scaleTargetRef', 'name') === name && nameOf(it).namespace === namespace,
  );
  return (
    numberAt(scaler, 'spec', 'minReplicas') ??
    numberAt(scaler, 'spec', 'minReplicaCount') ??
    numberAt(workload, 'spec', 'replicas') ??
    1
  );
}

/** What one pod counts for a resource of a quota; 0 where a quota of it does not count pods. */
function usedByPod(template: unknown, resource: string): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const [, kind = 'requests', name] =
    /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
  if (name === undefined) return 0;
  return listAt(template, 'spec', 'containers').reduce<number>(
    (sum, container) => sum + amount(within(container, 'resources', kind, name) ?? 0),
    0,
  );
}

function amount(value: unknown): number {
  const quantity = readQuantity(value);
  return quantity === undefined ? 0 : approximateValue(quantity);
}
