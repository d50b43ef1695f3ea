import { type Queue, queueWait } from './queue';

/** Beyond so many servers a wait is computed as for so many, which is longer: a line for more is only shorter. */
const SERVERS_COUNTED = 10_000;

/** Halvings of the interval from 0 to 1: finer than the thousandths that metric targets are given in. */
const HALVINGS = 40;

/** A queue whose load is asked for, and the wait that is allowed in it. */
export interface WaitObjective extends Omit<Queue, 'arrivalRate'> {
  /** Share of the tasks that has to keep it, such as 0.99. */
  readonly share: number;
  /** Longest wait of that share of the tasks, in seconds, 0 or more. */
  readonly waitSeconds: number;
}

/**
 * Highest utilisation, from 0 to below 1, at which a share of the tasks waits no longer than allowed: the wait grows
 * with the utilisation, so it is found by bisection. With an allowed wait of 0 s, the utilisation at which that share of
 * the tasks does not wait at all.
 *
 * @throws RangeError for a number out of its bounds
 */
export function utilizationFor({ share, waitSeconds, ...queue }: WaitObjective): number {
  const servers = Math.min(queue.servers, SERVERS_COUNTED);
  const keeps = (utilization: number) => {
    const arrivalRate = (utilization * servers) / queue.meanSeconds;
    return queueWait({ ...queue, servers, arrivalRate }).quantileSeconds(share) <= waitSeconds;
  };
  let kept = 0;
  let exceeded = 1;
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (kept + exceeded) / 2;
    if (keeps(middle)) kept = middle;
    else exceeded = middle;
  }
  return kept;
}
