import { type CapacityNode, HOSTNAME } from '../../lib/plan/capacity/node';
import type { CapacityPod } from '../../lib/plan/capacity/pod';
import { type Fields, fieldsOf, within } from '../../lib/plan/fields';

/** A node as the API server has it. */
export function nodeObject({ name, labels, taints, allocatable }: CapacityNode): Fields {
  const quantities = Object.entries(allocatable).map(([resource, amount]) => [
    resource,
    resource === 'cpu' ? `${Math.round(amount * 1000)}m` : String(Math.floor(amount)),
  ]);
  const amounts = Object.fromEntries(quantities);
  return {
    metadata: { name, labels: { ...labels, [HOSTNAME]: name } },
    spec: { taints },
    status: { allocatable: amounts, capacity: amounts },
  };
}

/** A name that the API server takes, unlike that of every other pod. */
export function podName(pod: CapacityPod): string {
  return pod.name
    .toLowerCase()
    .replace('+', 'plus-')
    .replace(/[^a-z0-9]+/g, '-');
}

/** A pod as its controller makes it from the template in a document. */
export function podObject(pod: CapacityPod, document: Fields, classes: ReadonlyMap<string, Fields>): Fields {
  const template = fieldsOf(within(document, 'spec', 'template')) ?? {};
  const spec = fieldsOf(template.spec) ?? {};
  const priorityClass = classes.get(String(spec.priorityClassName ?? ''));
  const { kind } = document;
  const revision = pod.round === 1 ? 'after' : 'before';
  const owner =
    kind === 'Deployment' ? replicaSetName(document, revision) : String(within(document, 'metadata', 'name'));
  return {
    metadata: {
      name: podName(pod),
      namespace: within(document, 'metadata', 'namespace'),
      labels: {
        ...fieldsOf(within(template, 'metadata', 'labels')),
        ...(kind === 'Deployment' && { 'pod-template-hash': revision }),
      },
      ownerReferences: [
        {
          apiVersion: document.apiVersion,
          kind: kind === 'Deployment' ? 'ReplicaSet' : kind,
          name: owner,
          uid: owner,
          controller: true,
        },
      ],
    },
    spec: {
      schedulerName: 'default-scheduler',
      ...spec,
      priority: priorityClass?.value ?? 0,
      preemptionPolicy: priorityClass?.preemptionPolicy ?? 'PreemptLowerPriority',
      ...(pod.node !== undefined && daemonParts(pod.node, spec)),
    },
  };
}

/** The ReplicaSets of a Deployment, before and after a change. */
export function replicaSetsOf(document: Fields): Fields[] {
  if (document.kind !== 'Deployment') return [];
  return ['before', 'after'].map((revision) => ({
    metadata: {
      name: replicaSetName(document, revision),
      namespace: within(document, 'metadata', 'namespace'),
    },
    spec: {
      selector: {
        matchLabels: {
          ...fieldsOf(within(document, 'spec', 'selector', 'matchLabels')),
          'pod-template-hash': revision,
        },
      },
    },
  }));
}

function replicaSetName(document: Fields, revision: string): string {
  return `${String(within(document, 'metadata', 'name'))}-${revision}`;
}

/** What the controller of DaemonSets adds: the one node, in place of every other name, and tolerations. */
function daemonParts(node: string, spec: Fields): Fields {
  const field = { key: 'metadata.name', operator: 'In', values: [node] };
  const affinity = fieldsOf(spec.affinity) ?? {};
  const own = within(affinity, 'nodeAffinity', REQUIRED, 'nodeSelectorTerms');
  const terms = Array.isArray(own) ? own : [{}];
  const tolerations = Array.isArray(spec.tolerations) ? spec.tolerations : [];
  return {
    affinity: {
      ...affinity,
      nodeAffinity: {
        ...fieldsOf(affinity.nodeAffinity),
        [REQUIRED]: { nodeSelectorTerms: terms.map((term) => ({ ...term, matchFields: [field] })) },
      },
    },
    tolerations: [
      ...tolerations,
      ...DAEMON_TAINTS.map(([name, effect]) => ({
        key: `node.kubernetes.io/${name}`,
        operator: 'Exists',
        effect,
      })),
    ],
  };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

const DAEMON_TAINTS = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
] as const;
