import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { EnvironmentProps, GatewayEntry, NodePool, ServerResources } from '../lib';
import type { PhotosSite, Site } from './site';

/** A place and what the platform is there. */
export interface Place {
  readonly environment: EnvironmentProps;
  readonly site: Site;
}

/** The namespace of everything else. */
export const NAMESPACE = 'darkroom';

/** The namespace of what has to reach into the node. */
export const AGENTS_NAMESPACE = 'darkroom-agents';

/** What all places have in common. Argo CD delivers them: deploy/argocd. */
const common: EnvironmentProps = {
  namespace: NAMESPACE,
  namespaces: [{ name: AGENTS_NAMESPACE, podSecurity: 'privileged' }],
  syncWaves: true,
};

function resources(millis: number, memory: Size): ServerResources {
  return { cpu: { request: Cpu.millis(millis) }, memory };
}

/** The gateway that requests from outside come through. */
const PUBLIC_GATEWAY: GatewayEntry = { kind: 'gateway', name: 'public', namespace: 'gateways' };

/** A node of two cores, and no other. */
const ONE_NODE: NodePool = {
  name: 'node',
  labels: { 'kubernetes.io/os': 'linux' },
  allocatable: { cpu: Cpu.millis(1900), memory: Size.gibibytes(3) },
  nodes: { min: 1, max: 1 },
};

/** A cluster of that node. */
const oneNode: EnvironmentProps = {
  ...common,
  entry: { kind: 'ingress', class: 'traefik', tls: 'none' },
  storageClass: 'local-path',
  nodePools: [ONE_NODE],
};

/** Photos that pods of one node share. */
const onOneNode: PhotosSite = { size: Size.gibibytes(5), isShared: false };

/** One node of two cores, which pods share: all that may run at once fits. One member of each server. */
const dev: Place = {
  environment: oneNode,
  site: {
    photos: onOneNode,
    broker: {
      replicas: 1,
      storage: Size.gibibytes(2),
      resources: resources(50, Size.mebibytes(256)),
    },
    catalog: {
      kind: 'postgres',
      storage: Size.gibibytes(1),
      resources: resources(50, Size.mebibytes(384)),
    },
    cache: { replicas: 1, resources: resources(20, Size.mebibytes(64)) },
    upload: { host: 'photos.localhost', min: 1, max: 2, concurrency: 4 },
    develop: { min: 1, max: 4, concurrency: 1, cpuRequest: Cpu.millis(200) },
    crawl: { min: 1, max: 2, concurrency: 8 },
  },
};

/** What staging and production have in common: every server survives the loss of a node. */
const live: Site = {
  photos: { size: Size.gibibytes(500), isShared: true },
  broker: {
    replicas: 3,
    storage: Size.gibibytes(50),
    resources: resources(1000, Size.gibibytes(2)),
  },
  catalog: {
    kind: 'cockroach',
    storage: Size.gibibytes(200),
    resources: resources(4000, Size.gibibytes(16)),
  },
  cache: { replicas: 3, storage: Size.gibibytes(10), resources: resources(250, Size.gibibytes(1)) },
  upload: { host: 'photos.example.com', min: 3, max: 12, concurrency: 32 },
  develop: { min: 3, max: 12, concurrency: 2 },
  crawl: { min: 3, max: 10, concurrency: 64 },
};

const staging: Place = {
  environment: {
    ...common,
    registry: 'registry.example.com/darkroom',
    cloud: 'gcp',
    entry: PUBLIC_GATEWAY,
    // What is measured before it comes to production; the apps carry OpenTelemetry everywhere.
    telemetry: {
      collector: {
        url: 'http://collector.observability.svc:4318',
        at: {
          pods: { app: 'collector' },
          namespace: { 'kubernetes.io/metadata.name': 'observability' },
        },
      },
      sampleRatio: 0.1,
    },
  },
  site: {
    ...live,
    photos: { size: Size.tebibytes(1), isShared: true },
    catalog: {
      kind: 'postgres',
      storage: Size.gibibytes(50),
      resources: resources(1000, Size.gibibytes(4)),
    },
    upload: { host: 'photos.staging.example.com', min: 3, max: 6, concurrency: 32 },
    develop: { min: 3, max: 6, concurrency: 2 },
    crawl: { min: 3, max: 4, concurrency: 64 },
  },
};

const productionAws: Place = {
  environment: {
    ...common,
    registry: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/darkroom',
    cloud: 'aws',
    entry: PUBLIC_GATEWAY,
    // EKS comes with no class for volumes that nodes share: this one is of the EFS driver.
    sharedStorageClass: 'efs-sc',
  },
  site: live,
};

const productionGcp: Place = {
  environment: {
    ...common,
    registry: 'europe-docker.pkg.dev/darkroom-production/apps',
    cloud: 'gcp',
    entry: PUBLIC_GATEWAY,
  },
  site: { ...live, photos: { size: Size.tebibytes(1), isShared: true } },
};

/** One small node at the place where photos are taken: the embedded queue, and no server besides. */
const edge: Place = {
  environment: oneNode,
  site: {
    photos: onOneNode,
    broker: undefined,
    catalog: undefined,
    cache: undefined,
    upload: undefined,
    develop: { min: 1, max: 2, concurrency: 1, cpuRequest: Cpu.millis(400) },
    crawl: { min: 1, max: 2, concurrency: 8 },
  },
};

/** Where the platform runs, by the name of the environment. */
export const PLACES: Readonly<Record<string, Place>> = {
  dev,
  staging,
  'production-aws': productionAws,
  'production-gcp': productionGcp,
  edge,
};
