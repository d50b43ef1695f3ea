import { checkNodePools } from '../environment/check-node-pools';
import type { NodePool } from '../environment/props';
import { type CapacityOptions, planCapacity } from '../plan/capacity/plan-capacity';
import type { CapacityReport } from '../plan/capacity/report';
import { documentsOfList, objectsOf } from '../plan/fields';
import { requireOptions } from '../shape/require-shape';
import { capacityPool } from './pools';
import { refuse, refuseCapacityProblems } from './refuse';
import { capacityWorkloads } from './workloads';

/** Where the pods are to run, and how that is worked out. */
export interface CapacityOfOptions extends CapacityOptions {
  /** The nodes. */
  readonly nodePools: readonly NodePool[];
}

/**
 * Whether all pods of some documents find room on some node pools, how many nodes they need and what those cost:
 * Deployments and StatefulSets at the most pods that their autoscalers may ask for, with what a rolling update adds, a
 * DaemonSet's pod on each node, and one run of each Job. Pods are placed as kube-scheduler places them.
 *
 * ```ts
 * const report = capacityOf(app.documents({ environment: 'dev' }), {
 *   nodePools: [
 *     { name: 'general', labels: { pool: 'general' }, machine: 'm7g.large', nodes: { min: 2, max: 6 } },
 *   ],
 * });
 * if (!report.fits) console.error(report.misfits);
 * ```
 *
 * @param documents Kubernetes objects, Capstan's or others
 * @throws SpecError with everything that is wrong with the node pools, the prices and what pods ask for
 */
export function capacityOf(documents: readonly object[], options: CapacityOfOptions): CapacityReport {
  requireOptions('capacityOf', options);
  const { nodePools, ...rest } = options;
  refuse(checkNodePools({ nodePools }));
  const pools = nodePools.map(capacityPool);
  const workloads = capacityWorkloads(objectsOf(documents.flatMap(documentsOfList)));
  refuseCapacityProblems(pools, workloads, rest.prices);
  return planCapacity(pools, workloads, rest);
}
