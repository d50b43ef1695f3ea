import { waitShare } from './erlang';

/** Tasks that wait in one line for any of several servers (G/G/c, first come, first served). */
export interface Queue {
  /** c: slots that take from this line, a whole number of 1 or more. */
  readonly servers: number;
  /** λ: tasks that arrive, in tasks/s, 0 or more. */
  readonly arrivalRate: number;
  /** d: mean duration of a task in a slot in seconds, above 0. */
  readonly meanSeconds: number;
  /**
   * cs²: variance ÷ mean² of durations; see `variationOf`.
   * @default 1, exponential durations
   */
  readonly serviceVariation?: number;
  /**
   * ca²: variance ÷ mean² of the times between arrivals.
   * @default 1, arrivals independent of each other (Poisson)
   */
  readonly arrivalVariation?: number;
  /**
   * Tasks/s that get done while so many run, above 0, for tasks that share a CPU: fewer of them are done sooner each.
   * With all slots busy it is c ÷ d.
   * @default running ÷ d, tasks that do not slow each other down
   */
  readonly completionRate?: (running: number) => number;
}

/** What a queue does in the long run. All infinite from utilisation 1 on. */
export interface QueueWait {
  /** ρ = λ·d ÷ c: busy servers ÷ servers; 1 or more: the line grows for ever. */
  readonly utilization: number;
  /** Share of tasks that wait at all, from 0 to 1. */
  readonly waitProbability: number;
  /** W: mean wait for a server in seconds, over all tasks, those that do not wait included. */
  readonly meanWaitSeconds: number;
  /** Lq = λ·W: mean number of tasks that wait (Little's law). */
  readonly meanBacklog: number;
  /**
   * Wait in seconds that a share of all tasks does not exceed.
   *
   * @param share such as 0.99, at least 0 and below 1
   */
  quantileSeconds(share: number): number;
  /**
   * Share of all tasks that wait longer.
   *
   * @param seconds 0 or more
   */
  shareAbove(seconds: number): number;
}

/**
 * Wait and backlog of a queue in the long run.
 *
 * Mean wait by Allen and Cunneen: C(c, a)·d ÷ (c·(1 − ρ)) × (ca² + cs²) ÷ 2, exact for M/M/c and M/G/1, close
 * otherwise (A. O. Allen, "Probability, Statistics and Queueing Theory", 2nd ed., 1990, section 5.2). Quantiles: a
 * task waits with probability C, and then exponentially long; exact for M/M/c, the right limit of heavy traffic
 * otherwise (W. Whitt, "Approximations for the GI/G/m Queue", 1993). With a `completionRate`, C is that of the birth and
 * death process with those rates (L. Kleinrock, "Queueing Systems", volume 1, 1975, section 3.1).
 *
 * @throws RangeError for a number out of the bounds that `Queue` names
 */
export function queueWait(queue: Queue): QueueWait {
  requireLegal(queue);
  const { servers, arrivalRate, meanSeconds, serviceVariation = 1, arrivalVariation = 1 } = queue;
  const utilization = (arrivalRate * meanSeconds) / servers;
  if (utilization >= 1) return endless(utilization);
  const { completionRate = (running: number) => running / meanSeconds } = queue;
  const waitProbability = waitShare(servers, arrivalRate, completionRate, utilization);
  const spread = (arrivalVariation + serviceVariation) / 2;
  /** Mean wait of those who wait. */
  const scaleSeconds = (spread * meanSeconds) / (servers * (1 - utilization));
  const meanWaitSeconds = waitProbability * scaleSeconds;
  return {
    utilization,
    waitProbability,
    meanWaitSeconds,
    meanBacklog: arrivalRate * meanWaitSeconds,
    quantileSeconds: (share) =>
      exceeds(waitProbability, share) ? scaleSeconds * Math.log(waitProbability / (1 - share)) : 0,
    shareAbove: (seconds) => (scaleSeconds === 0 ? 0 : waitProbability * Math.exp(-seconds / scaleSeconds)),
  };
}

/** Whether more tasks wait than may exceed a quantile, which is 0 otherwise. */
function exceeds(waitProbability: number, share: number): boolean {
  return waitProbability > 1 - share;
}

function endless(utilization: number): QueueWait {
  const never = Number.POSITIVE_INFINITY;
  return {
    utilization,
    waitProbability: 1,
    meanWaitSeconds: never,
    meanBacklog: never,
    quantileSeconds: () => never,
    shareAbove: () => 1,
  };
}

function requireLegal(queue: Queue): void {
  const { servers, arrivalRate, meanSeconds, serviceVariation = 1, arrivalVariation = 1 } = queue;
  requireThat(Number.isInteger(servers) && servers >= 1, 'servers', 'a whole number of 1 or more', servers);
  requireThat(arrivalRate >= 0, 'arrivalRate', '0 tasks/s or more', arrivalRate);
  requireThat(meanSeconds > 0, 'meanSeconds', 'above 0 s', meanSeconds);
  requireThat(serviceVariation >= 0, 'serviceVariation', '0 or more', serviceVariation);
  requireThat(arrivalVariation >= 0, 'arrivalVariation', '0 or more', arrivalVariation);
}

function requireThat(holds: boolean, name: string, wanted: string, got: number): void {
  if (!holds) throw new RangeError(`${name} must be ${wanted}, got ${got}`);
}
