import { within } from '../../plan/fields';
import { namespaceOf } from '../objects';
import { type ContainerDefaults, defaultsOf } from '../pod-resources';
import type { CheckedCluster, CheckedDocument } from '../rule';
import { type CheckedWorkload, workloadsOf } from '../workloads';

/** A namespace with a quota, and what is in it. */
export interface Quarter {
  readonly quota: CheckedDocument;
  readonly documents: readonly CheckedDocument[];
  readonly workloads: readonly CheckedWorkload[];
  readonly defaults: ContainerDefaults;
}

/** The quotas of a cluster. One for some pods only, by scope, is left out: which pods those are the cluster knows. */
export function quartersOf(cluster: CheckedCluster): Quarter[] {
  const quotas = cluster.documents.filter(
    ({ document: { kind, spec } }) =>
      kind === 'ResourceQuota' && (within(spec, 'scopes') ?? within(spec, 'scopeSelector')) === undefined,
  );
  if (quotas.length === 0) return [];
  const workloads = workloadsOf(cluster);
  return quotas.map((quota) => {
    const namespace = namespaceOf(quota);
    const documents = cluster.documents.filter((other) => namespaceOf(other) === namespace);
    const ranges = documents.map(({ document }) => document).filter(({ kind }) => kind === 'LimitRange');
    const own = workloads.filter((workload) => workload.namespace === namespace);
    return { quota, documents, workloads: own, defaults: defaultsOf(ranges) };
  });
}
