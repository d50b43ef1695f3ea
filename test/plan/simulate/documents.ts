/** Slots and mean duration of the example worker: 40 tasks/s for each pod. */
export const SLOTS = 4;
export const MEAN_SECONDS = 0.1;

const profile = { meanSeconds: MEAN_SECONDS, maxSeconds: 2 };

/** What manifests do not say about it. */
export const settings = { profiles: { develop: profile } };

const meta = (name: string) => ({ name, namespace: 'shop' });

const template = {
  metadata: { labels: { app: 'develop' } },
  spec: {
    terminationGracePeriodSeconds: 10,
    containers: [{ name: 'worker', resources: { requests: { cpu: '500m', memory: '64Mi' } } }],
    volumes: [{ name: 'config', configMap: { name: 'develop' } }],
  },
};

const behavior = {
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

/** A worker's configuration. */
export function configMap(source: object = { jetstream: {} }) {
  const contract = { pool: { slots: SLOTS }, task: { maxSeconds: 2 }, source };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta('develop'),
    data: { 'worker.json': JSON.stringify(contract) },
  };
}

export const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('develop'),
  spec: {
    minReadySeconds: 5,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } },
    template,
  },
};

export const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('develop'),
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'develop' } } },
};

/** An autoscaler with the two signals of a worker. */
export function autoscaler(min = 2, max = 20) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('develop'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'develop' },
      minReplicas: min,
      maxReplicas: max,
      behavior,
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
            target: { type: 'AverageValue', averageValue: '1200' },
          },
        },
      ],
    },
  };
}

export const scaledObject = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: meta('develop'),
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'develop' },
    minReplicaCount: 0,
    maxReplicaCount: 20,
    pollingInterval: 15,
    cooldownPeriod: 300,
    advanced: { horizontalPodAutoscalerConfig: { name: 'develop', behavior } },
    triggers: [
      {
        type: 'prometheus',
        name: 'utilization',
        metricType: 'AverageValue',
        metadata: { query: 'sum(capstan_pool_utilization{worker="develop"})', threshold: '0.7' },
      },
      {
        type: 'prometheus',
        name: 'unsettled',
        metricType: 'AverageValue',
        metadata: { query: 'sum(jetstream_consumer_num_ack_pending)', threshold: '1206' },
      },
    ],
  },
};

/** A job each hour that works off what waits, with a deadline in seconds. */
export const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta('develop'),
  spec: {
    schedule: '30 * * * *',
    concurrencyPolicy: 'Forbid',
    jobTemplate: { spec: { parallelism: 3, activeDeadlineSeconds: 1200, template } },
  },
};

export const worker = [configMap(), deployment, autoscaler(), budget];
