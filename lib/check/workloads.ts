import { type Fields, fieldsOf, numberAt, textAt, within } from '../plan/fields';
import { podShare } from '../plan/rollout/pod-share';
import { podPointer, type WorkloadKind } from '../workload/pod-pointer';
import { nodesFor } from './nodes';
import { nameOf, namespaceOf, placeOf } from './objects';
import type { CheckedCluster, CheckedDocument } from './rule';

/** A document that pods are made from. */
export interface CheckedWorkload {
  readonly at: CheckedDocument;
  readonly namespace: string;
  /** Kind of the document. */
  readonly kind: string;
  /** Labels of the pods. */
  readonly labels: Fields;
  /** Spec of the pods. */
  readonly pod: Fields;
  /** How many pods there are at the same time. */
  readonly count: PodCount;
}

/** How many pods of a workload there are at the same time. */
export interface PodCount {
  /** Most pods that are wanted; `undefined` when nobody can tell. */
  readonly most: number | undefined;
  /** Pods that a rolling update adds. */
  readonly surge: number;
  /** Where `most` comes from: `maxReplicas of HorizontalPodAutoscaler develop`. */
  readonly reason: string;
}

/** Every document of a cluster that pods are made from. */
export function workloadsOf(cluster: CheckedCluster): CheckedWorkload[] {
  const scalers = scalersOf(cluster);
  return cluster.documents.flatMap((at) => {
    const found = podTemplateOf(at.document);
    if (found === undefined) return [];
    const { pod, kind, labels } = found;
    const namespace = namespaceOf(at);
    const scaler = scalers.get(`${kind} ${placeOf(namespace, nameOf(at))}`);
    return { at, namespace, kind, labels, pod, count: podCount(at.document, kind, { scaler, pod, cluster }) };
  });
}

/** Kinds of documents that make pods, those of add-ons included, and where the pod's spec is. */
const PODS_AT: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    (['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] satisfies WorkloadKind[]).map(
      (kind) => [kind, podPointer(kind).split('/').slice(1)],
    ),
  ),
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  ScaledJob: ['spec', 'jobTargetRef', 'template', 'spec'],
};

function podTemplateOf(document: Fields): Pick<CheckedWorkload, 'pod' | 'kind' | 'labels'> | undefined {
  const kind = textAt(document, 'kind') ?? '';
  const path = Object.hasOwn(PODS_AT, kind) ? PODS_AT[kind] : undefined;
  if (path === undefined) return undefined;
  const pod = fieldsOf(within(document, ...path));
  const labels = fieldsOf(within(document, ...path.slice(0, -1), 'metadata', 'labels')) ?? {};
  return pod === undefined ? undefined : { pod, kind, labels };
}

/** Who decides the number of a workload's pods instead of its `replicas`. */
interface Scaler {
  readonly most: number;
  readonly reason: string;
}

/** KEDA's default of `maxReplicaCount`, of ScaledObjects and ScaledJobs. */
const KEDA_MOST = 100;

function scalersOf({ documents }: CheckedCluster): Map<string, Scaler> {
  const scalers = new Map<string, Scaler>();
  for (const at of documents) {
    const { document } = at;
    const isKeda = document.kind === 'ScaledObject';
    if (!isKeda && document.kind !== 'HorizontalPodAutoscaler') continue;
    const kind = textAt(document, 'spec', 'scaleTargetRef', 'kind') ?? 'Deployment';
    const target = textAt(document, 'spec', 'scaleTargetRef', 'name') ?? '';
    const field = isKeda ? 'maxReplicaCount' : 'maxReplicas';
    scalers.set(`${kind} ${placeOf(namespaceOf(at), target)}`, {
      most: numberAt(document, 'spec', field) ?? KEDA_MOST,
      reason: `${field} of ${document.kind} ${nameOf(at)}`,
    });
  }
  return scalers;
}

interface CountInput {
  readonly scaler: Scaler | undefined;
  readonly pod: Fields;
  readonly cluster: CheckedCluster;
}

function podCount(document: Fields, kind: string, { scaler, pod, cluster }: CountInput): PodCount {
  const { spec } = document;
  const replicas = scaler ?? { most: numberAt(spec, 'replicas') ?? 1, reason: 'replicas' };
  switch (kind) {
    case 'Pod':
      return { most: 1, reason: 'one pod', surge: 0 };
    case 'Deployment':
      return { ...replicas, surge: deploymentSurge(spec, replicas.most) };
    case 'DaemonSet': {
      const nodes = nodesFor(pod, cluster.nodePools);
      const surge = within(spec, 'updateStrategy', 'rollingUpdate', 'maxSurge') ?? 0;
      return { most: nodes, reason: 'one for each node', surge: surgeOf(surge, nodes ?? 1) };
    }
    case 'Job':
      return { most: parallelism(spec), reason: 'parallelism', surge: 0 };
    case 'CronJob':
      return {
        most: parallelism(within(spec, 'jobTemplate', 'spec')),
        reason: 'parallelism of a run',
        surge: 0,
      };
    case 'ScaledJob': {
      const jobs = numberAt(spec, 'maxReplicaCount') ?? KEDA_MOST;
      return { most: jobs * parallelism(within(spec, 'jobTargetRef')), reason: 'maxReplicaCount', surge: 0 };
    }
    default:
      return { ...replicas, surge: 0 };
  }
}

function parallelism(job: unknown): number {
  return Math.min(
    numberAt(job, 'parallelism') ?? 1,
    numberAt(job, 'completions') ?? Number.POSITIVE_INFINITY,
  );
}

/** A Deployment that says nothing adds a quarter (`strategy.rollingUpdate.maxSurge`). */
function deploymentSurge(spec: unknown, replicas: number): number {
  if (textAt(spec, 'strategy', 'type') === 'Recreate') return 0;
  return surgeOf(within(spec, 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%', replicas);
}

/** A number, or a share such as `25%`, which is rounded up. */
function surgeOf(value: unknown, whole: number): number {
  return podShare(value, whole, Math.ceil) ?? 0;
}
