import type { CapacityPool } from '../../lib/plan/capacity/node';
import type { Fields } from '../../lib/plan/fields';
import type { Random } from '../random';
import { randomPlacement } from './placement';

export const NAMESPACES = ['studio', 'office'];

const CLASSES = [
  { name: 'low', value: -10 },
  { name: 'high', value: 1000 },
  { name: 'patient', value: 500, preemptionPolicy: 'Never' },
];

/** Workloads that together ask for about a random part of what some pools can give, and what they refer to. */
export function randomWorkloads(random: Random, pools: readonly CapacityPool[]): Fields[] {
  const cores = pools.reduce((sum, { allocatable, nodes }) => sum + (allocatable.cpu ?? 0) * nodes.max, 0);
  const count = random.whole(3, 12);
  const share = random.one([0.3, 0.5, 0.7, 0.85, 1.1]);
  const apps = Array.from({ length: count }, (_, index) => `app-${index}`);
  const workloads = apps.flatMap((app) =>
    randomWorkload(random, { app, apps, pools, cores: (cores * share) / count }),
  );
  const classes = CLASSES.map(({ name, ...rest }) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    ...rest,
  }));
  const namespaces = NAMESPACES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { team: name, 'kubernetes.io/metadata.name': name } },
  }));
  return [...namespaces, ...classes, ...workloads];
}

/** What a workload is made from. */
export interface Setting {
  readonly app: string;
  /** Those that it may want to be near. */
  readonly apps: readonly string[];
  readonly pools: readonly CapacityPool[];
  /** What its pods may ask for together. */
  readonly cores: number;
}

function randomWorkload(random: Random, setting: Setting): Fields[] {
  const { app, cores } = setting;
  const kind = random.one(['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job']);
  const millis = random.one([0, 50, 100, 250, 500, 1000, 2000]);
  const each = kind === 'DaemonSet' ? Math.min(millis, 100) : millis;
  const pods = Math.max(1, Math.min(Math.round((cores * 1000) / Math.max(each, 150)), 60));
  const namespace = random.one(NAMESPACES);
  const labels = { app, tier: random.one(['front', 'back']) };
  const isHuge = random.chance(0.04);
  const template = {
    metadata: { labels },
    spec: {
      ...randomPlacement(random, setting),
      containers: [container(random, isHuge ? 90_000 : each)],
      ...(random.chance(0.15) && { initContainers: [container(random, 200, random.chance(0.5))] }),
    },
  };
  const service = random.chance(0.3)
    ? [{ apiVersion: 'v1', kind: 'Service', metadata: { name: app, namespace }, spec: { selector: { app } } }]
    : [];
  const metadata = { name: app, namespace };
  const selector = { matchLabels: { app } };
  switch (kind) {
    case 'DaemonSet':
      return [{ apiVersion: 'apps/v1', kind, metadata, spec: { selector, template } }];
    case 'Job':
      return [{ apiVersion: 'batch/v1', kind, metadata, spec: { parallelism: pods, template } }, ...service];
    case 'StatefulSet':
      return [
        { apiVersion: 'apps/v1', kind, metadata, spec: { replicas: pods, selector, template } },
        ...service,
      ];
    default: {
      const spec = { replicas: pods, selector, strategy: strategy(random), template };
      return [{ apiVersion: 'apps/v1', kind, metadata, spec }, ...service];
    }
  }
}

function strategy(random: Random): Fields {
  const maxSurge = random.one(['25%', 1, 0]);
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: 1 } };
}

function container(random: Random, millis: number, isSidecar = false): Fields {
  const memory = random.one([0, 64, 128, 256, 512, 1024, 2048]);
  const requests = {
    ...(millis > 0 && { cpu: `${millis}m` }),
    ...(memory > 0 && { memory: `${memory}Mi` }),
    ...(random.chance(0.04) && { 'example.com/gpu': '1' }),
  };
  const port = random.one([8080, 9090]);
  return {
    name: `it-${random.whole(0, 1e9)}`,
    image: 'it',
    resources: { requests },
    ...(isSidecar && { restartPolicy: 'Always' }),
    ...(random.chance(0.05) && { ports: [{ containerPort: port, hostPort: port, protocol: 'TCP' }] }),
  };
}
