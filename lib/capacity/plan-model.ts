import type { ClusterModel } from '../model';
import { type CapacityOptions, planCapacity } from '../plan/capacity/plan-capacity';
import type { CapacityReport } from '../plan/capacity/report';
import { refuseCapacityProblems } from './refuse';
import { capacityWorkloads } from './workloads';

/**
 * Plans the capacity of an environment that a program describes.
 *
 * @throws SpecError with everything that is wrong with the pools, the prices and what pods ask for
 */
export function planModelCapacity(
  { nodePools, documents }: Pick<ClusterModel, 'nodePools' | 'documents'>,
  options: CapacityOptions,
): CapacityReport {
  const workloads = capacityWorkloads(documents);
  refuseCapacityProblems(nodePools, workloads, options.prices);
  return planCapacity(nodePools, workloads, options);
}
