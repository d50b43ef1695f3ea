import { downstreamUse } from '../plan/downstream';
import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { formatProblem } from '../plan/problem';
import type { DownstreamBudget } from '../plan/spec';
import { settleDownstream } from '../plan/validate/downstream';
import { TASKS } from '../plan/work';
import type { WorkerPlanData } from '../plan/worker-plan';
import { type MatcherResult, type Planned, planOf } from './planned';

/** Passes when a worker at its peak holds no more of a shared resource than that can take. */
export function toStayWithin(received: Planned, budget: DownstreamBudget): MatcherResult {
  const { name, figures } = planOf(received);
  const [use] = downstreamUse(settle(budget), demand(figures));
  const held = use?.peak.value ?? 0;
  const pass = held <= budget.limit;
  return {
    pass,
    message: () =>
      [
        `expected ${name}${pass ? ' not' : ''} to hold at most ${formatNumber(budget.limit)} of ${budget.name}, ` +
          `but it holds ${formatNumber(held)}:`,
        `  ${use?.peak.reason}`,
        `  peakPodsSteady: ${figures.peakPodsSteady.reason}`,
        `  peakPodsRollingUpdate: ${figures.peakPodsRollingUpdate.reason}`,
      ].join('\n'),
  };
}

function settle(budget: DownstreamBudget) {
  const problems: Problem[] = [];
  const settled = settleDownstream(TASKS, [budget], problems);
  if (problems.length > 0) throw new RangeError(problems.map(formatProblem).join('\n'));
  return settled;
}

function demand(figures: WorkerPlanData['figures']) {
  const peaks = {
    steady: figures.peakPodsSteady.value,
    rollingUpdate: figures.peakPodsRollingUpdate.value,
    blueGreen: figures.peakPodsBlueGreen.value,
  };
  return {
    by: 'worker' as const,
    slots: figures.poolSlots.value,
    min: figures.minReplicas.value,
    max: figures.maxReplicas.value,
    surge: figures.maxSurge.value,
    peaksAt: () => peaks,
  };
}
