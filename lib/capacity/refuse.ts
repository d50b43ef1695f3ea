import type { CapacityPool } from '../plan/capacity/node';
import type { PriceList } from '../plan/capacity/prices';
import { capacityProblems } from '../plan/capacity/problems';
import type { CapacityWorkload } from '../plan/capacity/workload';
import { formatProblem, type Problem } from '../plan/problem';
import { SpecError } from '../spec-error';

/** @throws SpecError with everything that is wrong with what capacity is planned from */
export function refuseCapacityProblems(
  pools: readonly CapacityPool[],
  workloads: readonly CapacityWorkload[],
  prices: PriceList | undefined,
): void {
  refuse(capacityProblems(pools, workloads, prices));
}

/** @throws SpecError with the problems, where there are any */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new SpecError(problems.map((problem) => ({ path: '', message: formatProblem(problem) })));
}
