import { Autoscaler, type AutoscalerSpec, type WorkerPlan } from '../../lib/plan';

const SYNC_MILLIS = 15_000;

/**
 * Plays the autoscaler of a plan over what its metrics ask for, one number of pods for each look, and counts the pods
 * that exist while removed ones drain for the whole grace period.
 *
 * @returns the most pods that existed at the same time
 */
export function mostPodsWhile(asked: readonly number[], { figures }: WorkerPlan): number {
  const autoscaler = new Autoscaler(specOf(figures), { tolerance: 0 });
  const graceMillis = figures.gracePeriod.value * 1000;
  const drains: { readonly endMillis: number; readonly pods: number }[] = [];
  let current = figures.maxReplicas.value;
  let most = current;
  for (const [look, pods] of asked.entries()) {
    const nowMillis = look * SYNC_MILLIS;
    const readings = [1000 * pods];
    const seen = { nowMillis, replicas: current, listed: current, pods: [], readings };
    const { desired } = autoscaler.sync(seen);
    if (desired < current) drains.push({ endMillis: nowMillis + graceMillis, pods: current - desired });
    current = desired;
    const draining = drains.filter(({ endMillis }) => nowMillis <= endMillis);
    most = Math.max(
      most,
      draining.reduce((sum, drain) => sum + drain.pods, current),
    );
  }
  return most;
}

/** One pod for each whole unit that its only metric shows, out at once. */
function specOf(figures: WorkerPlan['figures']): AutoscalerSpec {
  return {
    name: 'worker',
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
    minReplicas: figures.minReplicas.value,
    maxReplicas: figures.maxReplicas.value,
    metrics: [{ source: 'External', name: 'asked', target: { type: 'AverageValue', amount: 1000 } }],
    behavior: {
      scaleUp: {
        windowSeconds: 0,
        selectPolicy: 'Max',
        policies: [{ type: 'Pods', value: 1_000_000, periodSeconds: 15 }],
      },
      scaleDown: {
        windowSeconds: figures.scaleDownWindow.value,
        selectPolicy: 'Max',
        policies: [
          {
            type: 'Percent',
            value: figures.scaleDownPercent.value,
            periodSeconds: figures.scaleDownPeriod.value,
          },
        ],
      },
    },
  };
}
