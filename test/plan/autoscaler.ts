import type { WorkerPlan } from '../../lib/plan';

const SYNC_SECONDS = 15;

interface Change {
  readonly at: number;
  /** Pods added, or removed when negative. */
  readonly by: number;
}

/**
 * Plays an autoscaler with the behaviour of a plan over what its metrics ask for, one number of pods for each look,
 * by the rules of the HorizontalPodAutoscaler controller, and counts the pods that exist while removed ones drain
 * for the whole grace period.
 *
 * @returns the most pods that existed at the same time
 */
export function mostPodsWhile(asked: readonly number[], { figures }: WorkerPlan): number {
  const changes: Change[] = [];
  const asks: { readonly at: number; readonly pods: number }[] = [];
  let current = figures.maxReplicas.value;
  let most = current;
  for (const [look, pods] of asked.entries()) {
    const now = look * SYNC_SECONDS;
    asks.push({
      at: now,
      pods: Math.min(figures.maxReplicas.value, Math.max(figures.minReplicas.value, pods)),
    });
    const wanted = stabilized(asks, now, current, figures.scaleDownWindow.value);
    const next = wanted < current ? Math.max(wanted, downLimit(changes, now, current, figures)) : wanted;
    if (next !== current) {
      changes.push({ at: now, by: next - current });
      current = next;
    }
    const draining = changes
      .filter(({ at, by }) => by < 0 && now <= at + figures.gracePeriod.value)
      .reduce((sum, { by }) => sum - by, 0);
    most = Math.max(most, current + draining);
  }
  return most;
}

/** Out at once; in only as far as the highest recommendation of the window, which includes the first count. */
function stabilized(
  asks: readonly { readonly at: number; readonly pods: number }[],
  now: number,
  current: number,
  windowSeconds: number,
): number {
  const latest = asks.at(-1)?.pods ?? current;
  const highest = Math.max(...asks.filter(({ at }) => at > now - windowSeconds).map(({ pods }) => pods));
  return Math.max(latest, Math.min(current, highest));
}

function downLimit(
  changes: readonly Change[],
  now: number,
  current: number,
  figures: WorkerPlan['figures'],
): number {
  const recent = changes.filter(({ at }) => at > now - figures.scaleDownPeriod.value);
  const atStart = current - recent.reduce((sum, { by }) => sum + by, 0);
  return Math.min(current, Math.trunc(atStart * (1 - figures.scaleDownPercent.value / 100)));
}
