import { type Figure, figure } from './figure';
import type { Figures } from './figures';
import { formatQuantity } from './format';
import { HPA_SYNC_SECONDS } from './kubernetes';
import type { SettledWorker } from './settled-spec';

/** What {@link scaleToZero} follows from. */
export interface IdlePod {
  readonly slots: number;
  /** Tasks fetched beyond the free slots. */
  readonly prefetched: number;
  /** Tasks that may wait for each pod. */
  readonly backlog: number;
  /** Window of scale-in. */
  readonly windowSeconds: number;
}

type ScaleToZeroFigures = Pick<Figures, 'unsettledPerReplica' | 'pollingInterval' | 'cooldown'>;

/**
 * The numbers that KEDA needs to take the last pod away and to bring the first one back: nothing for a worker that
 * always has a pod, or that an autoscaler of Kubernetes scales.
 */
export function scaleToZero(spec: SettledWorker, pod: IdlePod): ScaleToZeroFigures {
  if (spec.scaler !== 'keda' || spec.minReplicas > 0) return {};
  return {
    unsettledPerReplica: unsettledPerReplica(pod),
    pollingInterval: figure(
      HPA_SYNC_SECONDS,
      'seconds',
      (shown) => `${shown}: how often KEDA asks whether a task waits while no pod is left`,
    ),
    cooldown: figure(
      pod.windowSeconds,
      'seconds',
      (shown) =>
        `${shown} without a task before the last pod goes: the window of scale-in, which outlasts the grace period`,
    ),
  };
}

/**
 * The broker counts what waits and what is out together: a task that waits for its next attempt is out, and has to
 * bring a pod back as well. While all pods are full, U unsettled tasks are U − n × (s + p) that wait, so a target of
 * b + s + p for each of n pods asks for the same count as b waiting tasks for each do.
 */
function unsettledPerReplica({ slots, prefetched, backlog }: IdlePod): Figure {
  return figure(
    backlog + slots + prefetched,
    'tasks',
    (shown) =>
      `${formatQuantity(backlog, 'tasks')} that may wait + ${formatQuantity(slots, 'slots')} + ` +
      `${formatQuantity(prefetched, 'tasks')} fetched ahead = ${shown}: the broker counts tasks that are out as well`,
  );
}
