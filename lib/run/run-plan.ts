import { availableParallelism } from 'node:os';
import { CommandError } from '../command-error';
import type { WorkerModel } from '../model';
import { planAny } from '../plan/plan-any';
import { formatProblem } from '../plan/problem';
import type { AnyWorkerPlan } from '../plan/worker-plan';

/**
 * The plan that a run follows: the worker's own, or one for another pool size. Resources that the spec fixes stay
 * and have to bear it; those that it leaves out are sized anew.
 *
 * @throws CommandError with what speaks against that pool size
 */
export function runPlan(worker: WorkerModel, slots: number | undefined): AnyWorkerPlan {
  if (slots === undefined) return worker.plan;
  const plan = planAny({ ...worker.spec, concurrency: slots });
  if (plan.problems.length > 0) {
    const reasons = plan.problems.map((problem) => `  ${formatProblem(problem)}`).join('\n');
    throw new CommandError(`${worker.path}: --slots ${slots} does not fit the rest of the spec:\n${reasons}`);
  }
  const { leastSlots } = worker.contract.protect?.adaptive ?? { leastSlots: 1 };
  if (slots < leastSlots) {
    throw new CommandError(
      `${worker.path}: --slots must be ${leastSlots} (protect.adaptive.leastSlots) or more, got ${slots}. Give more, or lower leastSlots.`,
    );
  }
  return plan;
}

/** Variables that bound the Go runtime as they do in the pod. */
export function runEnvironment({ figures }: AnyWorkerPlan): Record<string, string> {
  const { gomaxprocs, gomemlimit } = figures;
  return {
    GOMEMLIMIT: String(gomemlimit.value),
    ...(gomaxprocs !== undefined && { GOMAXPROCS: String(gomaxprocs.value) }),
  };
}

/**
 * As {@link runEnvironment}, where no control group tells the Go runtime its CPU limit: then GOMAXPROCS is what it
 * would read there, the limit rounded up, at least 2, at most this machine's CPUs.
 *
 * @see https://pkg.go.dev/runtime#GOMAXPROCS for the rule of Go 1.25 and newer
 */
export function unconfinedEnvironment(plan: AnyWorkerPlan): Record<string, string> {
  const { cpuLimit } = plan.figures;
  if (cpuLimit === undefined) return runEnvironment(plan);
  const processors = Math.min(Math.max(Math.ceil(cpuLimit.value), 2), availableParallelism());
  return { GOMAXPROCS: String(processors), ...runEnvironment(plan) };
}
