// A worker in a scale-out, as an API server without controllers and nodes can hold it: every status is written by hand.

/** Runs kubectl, which has to succeed; gives what it printed. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

type Json = Readonly<Record<string, unknown>>;

/** Where the worker is, and how it is called. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

const READY = 4;
const WANTED = 8;
const LIMIT = 'ScaleUpLimit';

/**
 * Brings a Deployment with its ReplicaSet, pods and autoscaler into a namespace, in the middle of a scale-out: four pods
 * are ready, one of which was killed for memory before, one starts, one has no node.
 */
export async function scaleOut(kubectl: Kubectl, { namespace, name }: Place): Promise<void> {
  const now = Date.now();
  const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const apply = async (items: readonly Json[], ...options: string[]) => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['apply', '--server-side', '--force-conflicts', ...options, '-f', '-'], list);
  };
  const uid = (kind: string) =>
    kubectl(['get', kind, name, '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
  const labels = { app: name, 'app.kubernetes.io/managed-by': 'capstan' };
  const meta = (own = name, more: Json = {}) => ({ name: own, namespace, labels, ...more });
  const template = {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 23,
      containers: [
        {
          name: 'worker',
          image: `${name}:1`,
          ports: [{ name: 'metrics', containerPort: 9090 }],
          resources: { requests: { cpu: '920m', memory: '143Mi' }, limits: { cpu: '2', memory: '143Mi' } },
        },
      ],
    },
  };
  const owner = async (kind: string, own: string) => [
    { apiVersion: 'apps/v1', kind, name: own, uid: await uid(kind), controller: true },
  ];
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta() };
  const spec = { replicas: WANTED, selector: { matchLabels: labels }, template };
  await apply([{ ...deployment, spec }]);
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta(name, { ownerReferences: await owner('Deployment', name) }),
  };
  await apply([{ ...set, spec }]);
  const ownerReferences = await owner('ReplicaSet', name);
  const numbers = [0, 1, 2, 3, 4, 5];
  const pods = numbers.map((at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(`${name}-${at}`, { ownerReferences }),
    spec: { ...template.spec, ...(at !== 5 && { nodeName: 'node-1' }) },
  }));
  await apply([...pods, autoscaler({ namespace, name })]);
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: ago(600) };
  const running = { phase: 'Running', podIP: '192.0.2.1', startTime: ago(620), conditions: [ready] };
  const killed = {
    name: 'worker',
    image: `${name}:1`,
    imageID: '',
    ready: true,
    restartCount: 1,
    state: { running: { startedAt: ago(180) } },
    lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(181) } },
  };
  const statuses = numbers.map((at) => {
    if (at < READY - 1) return running;
    if (at === READY - 1) return { ...running, containerStatuses: [killed] };
    if (at === READY)
      return { phase: 'Pending', startTime: ago(4), conditions: [{ ...ready, status: 'False' }] };
    const message = '0/3 nodes are available: 3 Insufficient cpu.';
    return {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    };
  });
  const counts = { replicas: 6, updatedReplicas: 6, readyReplicas: READY, availableReplicas: READY };
  await apply(
    [
      { ...deployment, spec, status: { observedGeneration: 1, ...counts } },
      ...numbers.map((at) => ({ ...pods[at], status: statuses[at] })),
      { ...autoscaler({ namespace, name }), status: autoscalerStatus(ago) },
    ],
    '--subresource=status',
    '--field-manager=status',
  );
}

function autoscaler({ namespace, name }: Place) {
  const period = { periodSeconds: 15 };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 12,
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, ...period },
            { type: 'Pods', value: 4, ...period },
          ],
        },
      },
      metrics: [
        {
          type: 'Pods',
          pods: {
            metric: { name: 'capstan_pool_utilization' },
            target: { type: 'AverageValue', averageValue: '700m' },
          },
        },
        {
          type: 'External',
          external: {
            metric: { name: 'capstan_queue_backlog' },
            target: { type: 'AverageValue', averageValue: '171' },
          },
        },
      ],
    },
  };
}

function autoscalerStatus(ago: (seconds: number) => string) {
  const lastTransitionTime = ago(35);
  return {
    currentReplicas: READY,
    desiredReplicas: WANTED,
    lastScaleTime: ago(5),
    currentMetrics: [
      {
        type: 'Pods',
        pods: { metric: { name: 'capstan_pool_utilization' }, current: { averageValue: '950m' } },
      },
      {
        type: 'External',
        external: { metric: { name: 'capstan_queue_backlog' }, current: { averageValue: '310' } },
      },
    ],
    conditions: [
      { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', lastTransitionTime },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', lastTransitionTime },
      { type: 'ScalingLimited', status: 'True', reason: LIMIT, lastTransitionTime },
    ],
  };
}
