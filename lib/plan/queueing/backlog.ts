/**
 * A backlog as a fluid: what comes in less what servers get done, without the wait that chance adds.
 */

/**
 * Backlog after a time, in tasks: max(0, Q + (λ − x)·t).
 *
 * @param backlog Q: tasks that wait at the start
 * @param arrivalRate λ in tasks/s
 * @param throughput x: tasks/s that all slots get done together
 * @param seconds t
 */
export function backlogAfter(
  backlog: number,
  arrivalRate: number,
  throughput: number,
  seconds: number,
): number {
  return Math.max(0, backlog + (arrivalRate - throughput) * seconds);
}

/**
 * Seconds until a backlog is worked off while tasks go on coming in: Q ÷ (x − λ); infinite when x ≤ λ.
 *
 * @param backlog Q: tasks that wait at the start
 * @param arrivalRate λ in tasks/s
 * @param throughput x: tasks/s that all slots get done together
 */
export function drainSeconds(backlog: number, arrivalRate: number, throughput: number): number {
  if (backlog <= 0) return 0;
  return throughput > arrivalRate ? backlog / (throughput - arrivalRate) : Number.POSITIVE_INFINITY;
}
