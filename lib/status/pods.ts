import { type Fields, numberAt, objectsOf, textAt, within } from '../plan/fields';
import { conditionOf, timeAt, type WorkloadView } from './view';

/** How many pods are in which state. */
export interface PodCounts {
  /** `spec.replicas` of the workload. */
  readonly wanted: number;
  readonly ready: number;
  /** They run, or are about to, and are not ready. */
  readonly starting: number;
  /** They have no node. */
  readonly pending: number;
  /** They drain, or are killed. */
  readonly ending: number;
  /** Their containers have ended for good. */
  readonly ended: number;
}

/** What state a pod is in. */
export type PodState = Exclude<keyof PodCounts, 'wanted'>;

/** What state a pod is in. */
export function podState(pod: Fields): PodState {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Failed' || phase === 'Succeeded') return 'ended';
  if (isEnding(pod)) return 'ending';
  if (conditionOf(pod, 'Ready')?.status === 'True') return 'ready';
  return textAt(pod, 'spec', 'nodeName') === undefined ? 'pending' : 'starting';
}

/** Whether a pod has been told to end. */
export function isEnding(pod: Fields): boolean {
  return textAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
}

/** How many pods are in which state. */
export function podCounts({ workload, pods }: WorkloadView): PodCounts {
  const count = (state: PodState) => pods.filter((pod) => podState(pod) === state).length;
  return {
    wanted: numberAt(workload, 'spec', 'replicas') ?? 1,
    ready: count('ready'),
    starting: count('starting'),
    pending: count('pending'),
    ending: count('ending'),
    ended: count('ended'),
  };
}

/** A pod that drains. */
export interface Draining {
  readonly pod: string;
  /** Time since it was told to end. */
  readonly seconds: number;
  /** Time after which it is killed. */
  readonly graceSeconds: number;
}

/** Pods that drain, the longest first. */
export function drainingPods({ pods, nowMillis }: Pick<WorkloadView, 'pods' | 'nowMillis'>): Draining[] {
  return pods
    .flatMap((pod): Draining[] => {
      const deadline = timeAt(pod, 'metadata', 'deletionTimestamp');
      if (deadline === undefined || podState(pod) === 'ended') return [];
      const graceSeconds = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
      // The API server writes down when the grace is over.
      const begun = deadline - graceSeconds * 1000;
      const seconds = Math.max(0, Math.round((nowMillis - begun) / 1000));
      return [{ pod: nameOf(pod), seconds, graceSeconds }];
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** Drains that have ended between two looks. */
export class Drains {
  private draining = new Map<string, Draining>();
  private last: Draining | undefined;

  /** The last drain that ended; `undefined` when none was seen to. Its time is known up to that between two looks. */
  look(view: Pick<WorkloadView, 'pods' | 'nowMillis'>): Draining | undefined {
    const now = new Map(drainingPods(view).map((it) => [it.pod, it]));
    const gone = [...this.draining.values()].filter(({ pod }) => !now.has(pod));
    this.last = gone.sort((a, b) => b.seconds - a.seconds)[0] ?? this.last;
    this.draining = now;
    return this.last;
  }
}

/** Why pods are not ready, one line for each reason. */
export function podTroubles({ pods }: WorkloadView): string[] {
  const reasons = new Map<string, number>();
  for (const pod of pods) {
    const why = whyNotReady(pod);
    if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return [...reasons].map(([why, count]) => `${count} ${count === 1 ? 'pod' : 'pods'}: ${why}`);
}

/** Reasons of containers that wait that are none. */
const QUIET = ['ContainerCreating', 'PodInitializing'];

function whyNotReady(pod: Fields): string | undefined {
  const state = podState(pod);
  if (state === 'pending') {
    const scheduled = conditionOf(pod, 'PodScheduled');
    return scheduled?.status === 'False' ? `no node: ${String(scheduled.message)}` : undefined;
  }
  if (state === 'ended') {
    const reason = textAt(pod, 'status', 'reason');
    return reason === undefined ? undefined : `${reason}: ${textAt(pod, 'status', 'message') ?? ''}`;
  }
  if (state !== 'starting') return undefined;
  const waiting = containerStatuses(pod)
    .map((status) => within(status, 'state', 'waiting'))
    .find((it) => it !== undefined && !QUIET.includes(textAt(it, 'reason') ?? ''));
  if (waiting === undefined) return undefined;
  return [textAt(waiting, 'reason'), textAt(waiting, 'message')].filter((it) => it !== undefined).join(': ');
}

/** The status of each container of a pod. */
export function containerStatuses(pod: Fields): Fields[] {
  return [
    ...objectsOf(within(pod, 'status', 'initContainerStatuses')),
    ...objectsOf(within(pod, 'status', 'containerStatuses')),
  ];
}

/** Name of an object. */
export function nameOf(object: Fields): string {
  return textAt(object, 'metadata', 'name') ?? '';
}
