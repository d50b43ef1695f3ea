import { type Figure, figure } from './figure';
import { formatQuantity } from './format';
import type { Problem } from './problem';
import { ceilNoisy } from './rounding';
import type { SettledTaskPod } from './settled-spec';

/**
 * Times the tasks that a pod finishes in one round trip: once covers the trip (Little's law), twice leaves room
 * for tasks that end earlier than the average. The runtime multiplies its own measured rate by this.
 */
export const PREFETCH_FACTOR = 2;

/**
 * Tasks for each one of the prefetch that the queue counts as out: it, and one whose acknowledgement travels, for which
 * a round trip passes as well. go/worker bounds what it holds by the same sum.
 */
const UNSETTLED_PER_PREFETCHED = 2;

/** A pod that would hoard more than this is described wrongly. */
const PREFETCH_MAX = 1_000_000;

/**
 * Most tasks fetched beyond the free slots, so that slots do not wait for the queue.
 *
 * @param throughputPerPod tasks/s
 */
export function prefetch(spec: SettledTaskPod, throughputPerPod: number): Figure {
  const trip = formatQuantity(spec.roundTripSeconds, 'seconds');
  return figure(
    ceilNoisy(PREFETCH_FACTOR * throughputPerPod * spec.roundTripSeconds),
    'tasks',
    (shown) =>
      `${PREFETCH_FACTOR} × ${formatQuantity(throughputPerPod, 'tasks/s')} × ${trip} round trip, rounded up to ${shown}`,
  );
}

/** Refuses a hoard that no pod should hold. */
export function checkPrefetch(prefetched: number, spec: SettledTaskPod, problems: Problem[]): void {
  if (prefetched > PREFETCH_MAX) {
    problems.push({
      prop: 'source.roundTrip',
      wanted: `must need at most ${formatQuantity(PREFETCH_MAX, 'tasks')} fetched ahead`,
      got: `${formatQuantity(spec.roundTripSeconds, 'seconds')}, which needs ${formatQuantity(prefetched, 'tasks')}`,
      fix: 'Lower it, lower concurrency, or put several pieces of work into one task.',
    });
  }
}

/**
 * Time after which the queue may hand a task to someone else.
 *
 * A fetched task waits at most for ⌈prefetch ÷ slots⌉ rounds of longest tasks: in each `duration.max` every slot
 * ends at least one. Then it runs, is acked, and the answer travels. The result is above that sum, so a healthy
 * worker never loses a task to redelivery even without heartbeats.
 */
export function ackWait(spec: SettledTaskPod, slots: number, prefetched: number): Figure {
  const rounds = Math.ceil(prefetched / slots);
  const longest = spec.maxSeconds * (1 + rounds);
  const seconds = longest + spec.flushSeconds.value + spec.roundTripSeconds;
  const wait = `${formatQuantity(spec.maxSeconds, 'seconds')} × (1 + ⌈${formatQuantity(prefetched, 'tasks')} ÷ ${formatQuantity(slots, 'slots')}⌉)`;
  return figure(
    Math.floor(seconds) + 1,
    'seconds',
    (shown) =>
      `more than ${wait} + ${formatQuantity(spec.flushSeconds.value, 'seconds')} flush + ` +
      `${formatQuantity(spec.roundTripSeconds, 'seconds')} round trip: ${shown}`,
  );
}

/**
 * Tasks that the queue may have out at the same time, over all pods: those in slots, those fetched ahead, and as many
 * that are finished while their acknowledgement travels, since no slot waits for its confirmation.
 *
 * @param peakPods most pods that exist in any case, both colours of a blue/green release included
 */
export function maxAckPending(slots: number, prefetched: number, peakPods: number): Figure {
  return figure(
    (slots + UNSETTLED_PER_PREFETCHED * prefetched) * peakPods,
    'tasks',
    (shown) =>
      `(${formatQuantity(slots, 'slots')} + ${formatQuantity(prefetched, 'tasks')} fetched ahead + as many being acknowledged) × ` +
      `${formatQuantity(peakPods, 'pods')} at the highest peak = ${shown}`,
  );
}
