import type { Duration } from 'cdk8s';
import { formatQuantity } from '../plan/format';
import { type MatcherResult, type Planned, planOf } from './planned';

/** Tasks that wait. */
export interface Backlog {
  /** Their number. */
  readonly backlog: number;
}

/**
 * Passes when a worker at `scale.max` works off a backlog in time: backlog ÷ (throughput of a pod × most pods). The
 * time until the pods are there comes on top: see the policies of the autoscaler.
 */
export function toDrainWithin(received: Planned, duration: Duration, { backlog }: Backlog): MatcherResult {
  const { name, figures } = planOf(received);
  const { throughputPerPod, maxReplicas } = figures;
  const needed = backlog / (throughputPerPod.value * maxReplicas.value);
  const allowed = duration.toMilliseconds() / 1000;
  const pass = needed <= allowed;
  return {
    pass,
    message: () =>
      [
        `expected ${name}${pass ? ' not' : ''} to work off ${formatQuantity(backlog, 'tasks')} within ` +
          `${formatQuantity(allowed, 'seconds')}, but it takes ${formatQuantity(needed, 'seconds')}:`,
        `  ${formatQuantity(backlog, 'tasks')} ÷ (${formatQuantity(throughputPerPod.value, 'tasks/s')} × ` +
          `${formatQuantity(maxReplicas.value, 'pods')})`,
        `  throughputPerPod: ${throughputPerPod.reason}`,
        `  maxReplicas: ${maxReplicas.reason}`,
      ].join('\n'),
  };
}
