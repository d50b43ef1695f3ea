import type { Duration } from 'cdk8s';
import { formatQuantity } from '../plan/format';
import { type MatcherResult, type Planned, planOf, secondsOf } from './planned';

/** Tasks that wait. */
export interface Backlog {
  /** Their number. */
  readonly backlog: number;
}

/**
 * Passes when a worker at `scale.max` works off a backlog in time: backlog ÷ (throughput of a pod × most pods). The
 * time until the pods are there comes on top: see the policies of the autoscaler.
 *
 * @throws TypeError for what is not a worker, a `Duration` or a number of tasks
 */
export function toDrainWithin(received: Planned, duration: Duration, { backlog }: Backlog): MatcherResult {
  const allowed = secondsOf('duration', duration);
  if (!(backlog >= 0))
    throw new TypeError(`expected backlog to be 0 tasks or more, got ${JSON.stringify(backlog)}`);
  const { name, figures } = planOf(received);
  const { throughputPerPod, maxReplicas } = figures;
  const needed = backlog / (throughputPerPod.value * maxReplicas.value);
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
