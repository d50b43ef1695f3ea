import { type Fields, numberAt, objectsOf, textAt, within } from '../plan/fields';
import { nameOf, podState } from './pods';
import { type Sample, sumOf } from './prometheus-text';
import type { WorkloadView } from './view';

/** How busy pods are. */
export interface Slots {
  readonly busy: number;
  readonly all: number;
  /** What a slot holds. */
  readonly unit: 'tasks' | 'requests';
  /** Pods that said so. */
  readonly pods: number;
}

/** What waits. */
export interface Backlog {
  readonly tasks: number;
  /** `shared`: in a queue of all pods; `own`: in the pods. */
  readonly queue: 'shared' | 'own';
  /** How long that takes when nothing comes on top; `undefined`: nobody knows. */
  readonly drainSeconds: number | undefined;
  /** What all pods that are ready get done, in tasks/s. */
  readonly perSecond: number | undefined;
  /** Where that number is from. */
  readonly source: 'measured' | 'planned';
}

/** As many tasks have to be done before their mean says something. */
const LEAST_TASKS = 20;

/** Samples of all pods that could be asked. */
function samplesOf({ metrics }: WorkloadView): (readonly Sample[])[] {
  return [...metrics.values()].filter((it): it is readonly Sample[] => typeof it !== 'string');
}

/** How busy the slots of all pods are; `undefined` when no pod says so. */
export function slotsOf(view: WorkloadView): Slots | undefined {
  const samples = samplesOf(view);
  return (
    ofKind(samples, 'tasks', 'capstan_pool_slots', 'capstan_pool_busy') ??
    ofKind(samples, 'requests', 'capstan_service_slots', 'capstan_requests_in_flight')
  );
}

function ofKind(
  samples: readonly (readonly Sample[])[],
  unit: Slots['unit'],
  all: string,
  busy: string,
): Slots | undefined {
  const saying = samples.filter((it) => sumOf(it, all) !== undefined);
  if (saying.length === 0) return undefined;
  const sum = (name: string) => saying.reduce((total, it) => total + (sumOf(it, name) ?? 0), 0);
  return { unit, busy: sum(busy), all: sum(all), pods: saying.length };
}

/**
 * What waits, and how long it takes to work that off; `undefined` when no pod says so.
 *
 * @param planned throughput of a pod as planned, in tasks/s
 */
export function backlogOf(view: WorkloadView, planned: number | undefined): Backlog | undefined {
  const samples = samplesOf(view);
  const values = (queue: Backlog['queue']) =>
    samples.flatMap((it) => sumOf(it, 'capstan_queue_backlog', { queue }) ?? []);
  const [own, shared] = [values('own'), values('shared')];
  if (own.length + shared.length === 0) return undefined;
  // All pods say the same about a queue that they share, each a moment apart.
  const tasks = own.reduce((sum, value) => sum + value, 0) + Math.max(0, ...shared);
  const ready = view.pods.filter((pod) => podState(pod) === 'ready').length;
  const measured = measuredPerSlot(samples);
  const slots = slotsOf(view);
  const perSecond =
    measured !== undefined && slots !== undefined
      ? measured * slots.all
      : planned === undefined
        ? undefined
        : planned * ready;
  return {
    tasks,
    queue: shared.length > 0 ? 'shared' : 'own',
    perSecond,
    drainSeconds:
      tasks === 0 ? 0 : perSecond === undefined || perSecond === 0 ? undefined : tasks / perSecond,
    source: measured === undefined ? 'planned' : 'measured',
  };
}

/** Tasks/s of a slot that is never idle, by the mean duration of the tasks that were done. */
function measuredPerSlot(samples: readonly (readonly Sample[])[]): number | undefined {
  const sum = (name: string) => samples.reduce((total, it) => total + (sumOf(it, name) ?? 0), 0);
  const [count, seconds] = [
    sum('capstan_task_duration_seconds_count'),
    sum('capstan_task_duration_seconds_sum'),
  ];
  return count >= LEAST_TASKS && seconds > 0 ? count / seconds : undefined;
}

/** Why pods could not be asked, one line for each reason. */
export function unaskedPods({ metrics }: WorkloadView): string[] {
  const reasons = new Map<string, number>();
  for (const it of metrics.values()) if (typeof it === 'string') reasons.set(it, (reasons.get(it) ?? 0) + 1);
  return [...reasons].map(
    ([why, count]) => `metrics of ${count} ${count === 1 ? 'pod' : 'pods'} cannot be read: ${why}`,
  );
}

/** The port that a pod answers `/metrics` on; `undefined` when none is named so. */
function metricsPort(pod: Fields): number | undefined {
  const ports = objectsOf(within(pod, 'spec', 'containers')).flatMap((container) =>
    objectsOf(container.ports),
  );
  return numberAt(
    ports.find(({ name }) => name === 'metrics'),
    'containerPort',
  );
}

/** Pods that are worth asking: those that run, and have an address. */
export function askedPods({ pods }: WorkloadView): { readonly name: string; readonly port: number }[] {
  return pods.flatMap((pod) => {
    const port = metricsPort(pod);
    const isRunning =
      textAt(pod, 'status', 'phase') === 'Running' && textAt(pod, 'status', 'podIP') !== undefined;
    return port === undefined || !isRunning ? [] : [{ name: nameOf(pod), port }];
  });
}
