import { type Fields, objectsOf, textAt, within } from '../plan/fields';
import type { Sample } from './prometheus-text';

/** What a namespace has, as the lists of its API server give it. */
export interface NamespaceView {
  readonly namespace: string;
  readonly deployments: readonly Fields[];
  readonly statefulSets: readonly Fields[];
  readonly replicaSets: readonly Fields[];
  readonly pods: readonly Fields[];
  readonly autoscalers: readonly Fields[];
  /** Warnings, and events that say why a container is ended. */
  readonly events: readonly Fields[];
  /** When it was asked. */
  readonly nowMillis: number;
}

/** What a pod says about itself, or why that could not be read. */
export type PodMetrics = readonly Sample[] | string;

/** What there is about one workload. */
export interface WorkloadView {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly workload: Fields;
  /** Its own pods, those that end too. */
  readonly pods: readonly Fields[];
  /** @default nothing scales it */
  readonly autoscaler?: Fields;
  /** Events about it, its pods and what is between. */
  readonly events: readonly Fields[];
  /** By name of the pod; pods that were not asked are not there. */
  readonly metrics: ReadonlyMap<string, PodMetrics>;
  readonly nowMillis: number;
}

/** The workloads of a namespace, without what their pods say about themselves. */
export function workloadViews(view: NamespaceView): WorkloadView[] {
  const of = (kind: WorkloadView['kind'], list: readonly Fields[]) =>
    list.map((workload) => workloadView(view, kind, workload));
  return [...of('Deployment', view.deployments), ...of('StatefulSet', view.statefulSets)];
}

function workloadView(view: NamespaceView, kind: WorkloadView['kind'], workload: Fields): WorkloadView {
  const { namespace, nowMillis } = view;
  const name = textAt(workload, 'metadata', 'name') ?? '';
  const sets = kind === 'Deployment' ? ownedBy(view.replicaSets, [workload]) : [workload];
  const pods = ownedBy(view.pods, sets);
  const autoscaler = view.autoscalers.find((it) => {
    const target = within(it, 'spec', 'scaleTargetRef');
    return textAt(target, 'kind') === kind && textAt(target, 'name') === name;
  });
  const about = new Set([workload, ...sets, ...pods, ...(autoscaler ? [autoscaler] : [])].map(uidOf));
  const names = new Set([workload, ...sets, ...pods].map((it) => textAt(it, 'metadata', 'name')));
  return {
    kind,
    namespace,
    name,
    workload,
    pods,
    ...(autoscaler !== undefined && { autoscaler }),
    events: view.events.filter(({ involvedObject }) => {
      const uid = textAt(involvedObject, 'uid');
      return uid === undefined ? names.has(textAt(involvedObject, 'name')) : about.has(uid);
    }),
    metrics: new Map(),
    nowMillis,
  };
}

function ownedBy(objects: readonly Fields[], owners: readonly Fields[]): Fields[] {
  const uids = new Set(owners.map(uidOf));
  return objects.filter((object) =>
    objectsOf(within(object, 'metadata', 'ownerReferences')).some(
      ({ uid, controller }) => controller === true && typeof uid === 'string' && uids.has(uid),
    ),
  );
}

function uidOf(object: Fields): string | undefined {
  return textAt(object, 'metadata', 'uid');
}

/** A time of an object in milliseconds; `undefined` where there is none. */
export function timeAt(value: unknown, ...names: readonly string[]): number | undefined {
  const text = textAt(value, ...names);
  const millis = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis;
}

/** Seconds from a time until the cluster was asked, 0 or more. */
export function secondsSince(millis: number, { nowMillis }: Pick<WorkloadView, 'nowMillis'>): number {
  return Math.max(0, Math.round((nowMillis - millis) / 1000));
}

/** A condition of an object's status. */
export function conditionOf(object: unknown, type: string): Fields | undefined {
  return objectsOf(within(object, 'status', 'conditions')).find((condition) => condition.type === type);
}
