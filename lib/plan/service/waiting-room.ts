import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { ceilToFraction, floorNoisy } from '../rounding';
import type { WorkOff } from '../shutdown';
import { sizeCpu } from '../sizing/cpu';
import type { Waiting } from '../sizing/waiting';
import { throughput } from '../throughput';
import type { SettledService } from './settle';

/** A wait that is shorter than this would turn the pauses of a kernel that throttles into refusals. */
const WAIT_MIN_SECONDS = 0.1;

/** Most requests that may wait in a pod (contract/service.schema.json, `WaitingRoom.length`). */
const LENGTH_MAX = 1_000_000;

/**
 * What a waiting request takes beside its body: its connection with two goroutines and two buffers, its header, and
 * its place in the line.
 */
export const WAITING_REQUEST_BYTES = 32 * 2 ** 10;

/** What comes in of a body that nobody reads yet: the runtime's window for a stream of HTTP/2. */
export const UNREAD_BODY_BYTES = 64 * 2 ** 10;

/** What one pod does with all slots busy. */
export interface FullPod {
  /** Requests per second. */
  readonly rate: number;
  /** Seconds of an average request. */
  readonly busySeconds: number;
}

/** A pod as it would be with another number of slots. */
function fullPod(spec: SettledService, slots: number): FullPod {
  const { throughputPerPod, busySeconds } = throughput(spec, slots, sizeCpu(spec, slots).ceiling);
  return { rate: throughputPerPod.value, busySeconds };
}

function waitSeconds(spec: SettledService, { busySeconds }: FullPod): number {
  return spec.latencySeconds === undefined
    ? Math.max(busySeconds, WAIT_MIN_SECONDS)
    : Math.max(0, spec.latencySeconds - busySeconds);
}

function lengthOf(spec: SettledService, pod: FullPod): number {
  return Math.min(LENGTH_MAX, floorNoisy(pod.rate * waitSeconds(spec, pod)));
}

/** Longest wait for a slot, and the requests that may wait: by Little's law those that are served within that time. */
export function waitingRoom(
  spec: SettledService,
  pod: FullPod,
): { readonly longestWait: Figure; readonly waitingRoom: Figure } {
  const longestWait = waitFigure(spec, pod);
  const rate = formatQuantity(pod.rate, 'requests/s');
  return {
    longestWait,
    waitingRoom: figure(
      lengthOf(spec, pod),
      'requests',
      (shown) =>
        `${rate} × ${formatQuantity(longestWait.value, 'seconds')}, rounded down to ${shown}; the next one is ` +
        'refused with 503, since it would wait longer',
    ),
  };
}

function waitFigure(spec: SettledService, pod: FullPod): Figure {
  const busy = formatQuantity(pod.busySeconds, 'seconds');
  return figure(waitSeconds(spec, pod), 'seconds', (shown) =>
    spec.latencySeconds === undefined
      ? `${shown}: as long as an average request takes in a full pod, ${busy}, and at least ` +
        `${formatQuantity(WAIT_MIN_SECONDS, 'seconds')}, which outlasts a pause`
      : `${formatQuantity(spec.latencySeconds, 'seconds')} (latency) − ${busy} of an average request in a full pod = ${shown}`,
  );
}

/** What waits has to be answered before the pod can end. */
export function workOffWaiting(longestWait: Figure): WorkOff | undefined {
  if (longestWait.value === 0) return undefined;
  return {
    name: 'longest wait',
    seconds: longestWait.value,
    formula: `${formatQuantity(longestWait.value, 'seconds')} of waiting`,
    boundedBy: 'latency',
  };
}

function bytesEach({ maxBodyBytes }: SettledService): number {
  return WAITING_REQUEST_BYTES + Math.min(maxBodyBytes, UNREAD_BODY_BYTES);
}

/** The requests that wait in a pod, as far as its memory depends on them. */
export function waitingRequests(spec: SettledService): Waiting {
  const length = (slots: number) => lengthOf(spec, fullPod(spec, slots));
  return {
    growsWithSlots: true,
    boundedBy: 'latency',
    bytes: (slots) => length(slots) * bytesEach(spec),
    sum: (slots) =>
      `${formatNumber(length(slots))} waiting requests × ${formatQuantity(bytesEach(spec), 'bytes')}`,
    fixes: (slots, room) => fixes(spec, fullPod(spec, slots), room),
  };
}

/** Seconds rounded down to milliseconds, for advice. */
function wholeMillis(seconds: number): number {
  return Math.floor(seconds * 1000) / 1000;
}

function fixes(spec: SettledService, pod: FullPod, room: number): string[] {
  const fitting = Math.floor(room / bytesEach(spec));
  // Just below the wait that one request more would take.
  const latency = wholeMillis(pod.busySeconds + (fitting + 1) / pod.rate - 1e-6);
  if (fitting < 0 || latency < pod.busySeconds) return [];
  const verb = spec.latencySeconds === undefined ? 'set' : 'lower';
  return [`${verb} latency to ${formatQuantity(latency, 'seconds')}`];
}

/** Refuses a latency that even a request without a wait exceeds, and a line that is longer than any may be. */
export function checkLatency(spec: SettledService, pod: FullPod, problems: Problem[]): void {
  const { latencySeconds } = spec;
  if (latencySeconds !== undefined && latencySeconds < pod.busySeconds * (1 - 1e-9)) {
    problems.push({
      prop: 'latency',
      wanted:
        `must be ${formatQuantity(ceilToFraction(pod.busySeconds, 1000), 'seconds')} or more, what an average ` +
        'request takes in a full pod',
      got: formatQuantity(latencySeconds, 'seconds'),
      fix: 'Raise it, or lower request.duration.mean; where CPU is short, lower concurrency.',
    });
  }
  const wanted = pod.rate * waitSeconds(spec, pod);
  if (wanted >= LENGTH_MAX + 1) {
    problems.push({
      prop: 'latency',
      wanted: `must let at most ${formatQuantity(LENGTH_MAX, 'requests')} wait in a pod`,
      got: formatQuantity(floorNoisy(wanted), 'requests'),
      fix: `${latencySeconds === undefined ? 'Set' : 'Lower'} it, or lower concurrency.`,
    });
  }
}
