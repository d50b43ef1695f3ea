import { type Figure, figure } from './figure';
import { formatNumber, formatQuantity } from './format';
import { HPA_TOLERANCE } from './kubernetes';
import type { Problem } from './problem';
import type { SettledSpec } from './settled-spec';

/**
 * Capacity from which on the autoscaler can see a pod's backlog. A full queue turns tasks away, so a smaller one
 * could never say that more pods are wanted.
 */
function leastCapacity(slots: number, backlogPerPod: number): number {
  return slots + Math.floor(backlogPerPod * (1 + HPA_TOLERANCE)) + 1;
}

/**
 * Tasks that one pod's own queue holds, waiting and in flight; `undefined` when tasks wait elsewhere.
 *
 * @param backlogPerPod tasks that the autoscaler aims at for each pod
 */
export function queueCapacity(spec: SettledSpec, slots: number, backlogPerPod: number): Figure | undefined {
  if (spec.heldTasks === undefined) return undefined;
  return spec.heldTasks === 'sized'
    ? figure(
        leastCapacity(slots, backlogPerPod),
        'tasks',
        (shown) =>
          `${formatQuantity(slots, 'slots')} + ${formatNumber(1 + HPA_TOLERANCE)} × ` +
          `${formatQuantity(backlogPerPod, 'tasks')} of backlog, where the autoscaler adds pods, and one more: ${shown}`,
      )
    : figure(spec.heldTasks, 'tasks', (shown) => `${shown}, given as source.capacity`);
}

/** Refuses a queue that is full before the autoscaler sees its backlog. */
export function checkCapacity(
  spec: SettledSpec,
  slots: number,
  backlogPerPod: number,
  problems: Problem[],
): void {
  const least = leastCapacity(slots, backlogPerPod);
  const isScaled = spec.minReplicas < spec.maxReplicas;
  if (!isScaled || typeof spec.heldTasks !== 'number' || spec.heldTasks >= least) return;
  if (problems.some(({ prop }) => prop === 'source.capacity')) return;
  problems.push({
    prop: 'source.capacity',
    wanted:
      `must be ${formatNumber(least)} or more, so that ${formatQuantity(least - slots, 'tasks')} can wait behind ` +
      `${formatQuantity(slots, 'slots')}: below that the autoscaler adds no pod`,
    got: formatNumber(spec.heldTasks),
    fix: 'Raise it, lower scale.drainWithin, or leave it out to derive it.',
  });
}
