import type { Fields } from '../../lib/plan/fields';
import { parsePrometheusText } from '../../lib/status/prometheus-text';
import { type NamespaceView, type PodMetrics, type WorkloadView, workloadViews } from '../../lib/status/view';

/** When the cluster is asked. */
export const NOW = Date.parse('2026-05-04T12:00:00Z');

/** A time so many seconds before. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString().replace('.000', '');
}

const LABELS = { app: 'develop', 'app.kubernetes.io/managed-by': 'capstan' };

/** A pod of the example worker. */
export function pod(name: string, more: { metadata?: object; spec?: object; status?: object } = {}): Fields {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      ownerReferences: [{ kind: 'ReplicaSet', name: 'develop-1', uid: 'set', controller: true }],
      ...more.metadata,
    },
    spec: {
      nodeName: 'one',
      containers: [
        {
          name: 'worker',
          ports: [{ name: 'metrics', containerPort: 9090 }],
          resources: { limits: { memory: '143Mi' } },
        },
      ],
      ...more.spec,
    },
    status: {
      phase: 'Running',
      startTime: ago(600),
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(590) }],
      ...more.status,
    },
  };
}

/** So many pods that are ready. */
export function pods(count: number): Fields[] {
  return Array.from({ length: count }, (_, index) => pod(`develop-${index}`));
}

/** The example worker, at rest with so many pods. */
export function deployment(
  count: number,
  more: { spec?: object; status?: object; metadata?: object } = {},
): Fields {
  return {
    metadata: {
      name: 'develop',
      namespace: 'shop',
      uid: 'deployment',
      generation: 1,
      labels: LABELS,
      ...more.metadata,
    },
    spec: {
      replicas: count,
      template: {
        spec: {
          terminationGracePeriodSeconds: 23,
          containers: [{ resources: { limits: { memory: '143Mi' } } }],
        },
      },
      ...more.spec,
    },
    status: {
      observedGeneration: 1,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      ...more.status,
    },
  };
}

/** What an autoscaler of the example worker says. */
export interface HpaSays {
  readonly min?: number;
  readonly max?: number;
  readonly desired?: number;
  /** Mean of the pods; left out: it could not be read. */
  readonly utilization?: string;
  /** Share of a pod; left out: it could not be read. */
  readonly backlog?: string;
  readonly able?: string;
  readonly limited?: string;
  readonly active?: { readonly reason: string; readonly message: string };
  /** Rules; `none` for the algorithm of old. */
  readonly behavior?: object | 'none';
}

/** Rules as a worker's autoscaler has them. */
export const BEHAVIOR = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
  },
};

/** The autoscaler of the example worker. */
export function autoscaler(says: HpaSays): Fields {
  const {
    min = 1,
    max = 20,
    desired,
    utilization,
    backlog,
    able,
    limited,
    active,
    behavior = BEHAVIOR,
  } = says;
  const condition = (type: string, status: string, reason: string, message = '') => ({
    type,
    status,
    reason,
    message,
  });
  return {
    metadata: { name: 'develop', namespace: 'shop', uid: 'hpa' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'develop' },
      minReplicas: min,
      maxReplicas: max,
      ...(behavior !== 'none' && { behavior }),
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
            target: { type: 'AverageValue', averageValue: '100' },
          },
        },
      ],
    },
    status: {
      ...(desired !== undefined && { desiredReplicas: desired }),
      lastScaleTime: ago(35),
      currentMetrics: [
        ...(utilization === undefined
          ? [{ type: '' }]
          : [
              {
                type: 'Pods',
                pods: {
                  metric: { name: 'capstan_pool_utilization' },
                  current: { averageValue: utilization },
                },
              },
            ]),
        ...(backlog === undefined
          ? [{ type: '' }]
          : [
              {
                type: 'External',
                external: { metric: { name: 'capstan_queue_backlog' }, current: { averageValue: backlog } },
              },
            ]),
      ],
      conditions: [
        condition('AbleToScale', 'True', able ?? 'ReadyForNewScale'),
        active === undefined
          ? condition('ScalingActive', 'True', 'ValidMetricFound')
          : condition('ScalingActive', 'False', active.reason, active.message),
        limited === undefined
          ? condition('ScalingLimited', 'False', 'DesiredWithinRange')
          : condition('ScalingLimited', 'True', limited),
      ],
    },
  };
}

/** Parts of a namespace with the example worker. */
export interface Shop {
  readonly deployment?: Fields;
  readonly pods?: readonly Fields[];
  readonly autoscaler?: Fields;
  readonly events?: readonly Fields[];
  /** Text of each pod's metrics, or why they cannot be read. */
  readonly metrics?: Readonly<Record<string, { readonly text: string } | { readonly error: string }>>;
}

/** A namespace with the example worker. */
export function namespaceView(shop: Shop = {}): NamespaceView {
  return {
    namespace: 'shop',
    deployments: [shop.deployment ?? deployment(shop.pods?.length ?? 0)],
    statefulSets: [],
    replicaSets: [
      {
        metadata: {
          name: 'develop-1',
          uid: 'set',
          ownerReferences: [{ uid: 'deployment', controller: true }],
        },
      },
    ],
    pods: shop.pods ?? [],
    autoscalers: shop.autoscaler === undefined ? [] : [shop.autoscaler],
    events: shop.events ?? [],
    nowMillis: NOW,
  };
}

/** The example worker. */
export function view(shop: Shop = {}): WorkloadView {
  const [only] = workloadViews(namespaceView(shop));
  if (only === undefined) throw new Error('no workload');
  const metrics = Object.entries(shop.metrics ?? {}).map(([name, it]): [string, PodMetrics] => [
    name,
    'text' in it ? parsePrometheusText(it.text, 'capstan_') : it.error,
  ]);
  return { ...only, metrics: new Map(metrics) };
}

/** What a pod of the example worker says about itself. */
export function metricsText({ busy = 2, slots = 4, backlog = 0, tasks = 0, seconds = 0 } = {}): {
  readonly text: string;
} {
  return {
    text: `# HELP capstan_pool_busy Tasks that run now.
# TYPE capstan_pool_busy gauge
capstan_pool_busy{worker="develop"} ${busy}
capstan_pool_slots{worker="develop"} ${slots}
capstan_queue_backlog{queue="shared",worker="develop"} ${backlog}
capstan_task_duration_seconds_bucket{worker="develop",le="+Inf"} ${tasks}
capstan_task_duration_seconds_sum{worker="develop"} ${seconds}
capstan_task_duration_seconds_count{worker="develop"} ${tasks}
go_goroutines 12
`,
  };
}
