import { expect } from '@jest/globals';
import { accessTo } from '../../tools/cluster/control-plane';
import { applyFolder, makeSecrets, waitReady } from '../../tools/cluster/deploy';
import { type KubernetesObject, objectsIn } from '../../tools/cluster/documents';
import { down } from '../../tools/cluster/down';
import { type Access, applyObjects, kubectl } from '../../tools/cluster/kubectl';
import { whileHolding } from '../../tools/cluster/lock';
import { Progress } from '../../tools/cluster/step';
import { up } from '../../tools/cluster/up';
import type { Facts } from './session';

const { resourceDefinitions } = require('../../tools/manifests/programs.cjs');

const NODES = 9;

/** Does something with a cluster of simulated nodes, which stands beside others and is taken down again. */
export async function withSimulatedCluster<T>(
  name: string,
  work: (access: Access) => Promise<T>,
): Promise<T> {
  const progress = new Progress(() => undefined);
  const wanted = { name, simulatedNodes: NODES, hasRealNode: false, addons: [], autoscalerSeconds: 15 };
  const cluster = await up(wanted, progress);
  try {
    return await work(accessTo(cluster));
  } finally {
    await whileHolding(name, () => down(name, progress));
  }
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
}

/** Applies the manifests of a folder to a cluster of simulated nodes, and waits until every pod has a node and is ready. */
export async function expectScheduled(access: Access, folder: string): Promise<Facts> {
  const objects = objectsIn(folder);
  await defineResources(access, objects);
  await applyObjects(access, [...volumeClasses(objects), ...volumes(objects)]);
  await makeSecrets(access, objects);
  expect(await applyFolder(access, folder)).toEqual([]);
  await waitReady(access, objects);
  const pods = JSON.parse(await kubectl(access, ['get', 'pods', '--all-namespaces', '--output=json'])) as {
    items: readonly Pod[];
  };
  const homeless = pods.items.filter(({ spec }) => spec.nodeName === undefined);
  expect(homeless.map(({ metadata }) => metadata.name)).toEqual([]);
  const nodes = new Set(pods.items.map(({ spec }) => spec.nodeName));
  return { objects: objects.length, pods: pods.items.length, nodes: nodes.size };
}

async function defineResources(access: Access, objects: readonly KubernetesObject[]): Promise<void> {
  const groups = new Set(objects.map(({ apiVersion }) => apiVersion.split('/')[0]));
  const all = resourceDefinitions() as { spec: { group: string } }[];
  const items = all.filter(({ spec }) => groups.has(spec.group));
  if (items.length === 0) return;
  await applyObjects(access, items);
  await kubectl(access, ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
}

/** What the claims of objects ask for. Nothing provides volumes here, so they are there beforehand. */
function claimsOf(objects: readonly KubernetesObject[]): Claim[] {
  return objects.flatMap((object) => {
    if (object.kind === 'PersistentVolumeClaim') return [object.spec as Claim];
    if (object.kind !== 'StatefulSet') return [];
    const { replicas = 1, volumeClaimTemplates = [] } = object.spec as StatefulSetSpec;
    return volumeClaimTemplates.flatMap(({ spec }) => Array.from({ length: replicas }, () => spec));
  });
}

interface Claim {
  readonly accessModes: readonly string[];
  readonly storageClassName?: string;
  readonly resources: { readonly requests: { readonly storage: string } };
}

interface StatefulSetSpec {
  readonly replicas?: number;
  readonly volumeClaimTemplates?: readonly { readonly spec: Claim }[];
}

function volumeClasses(objects: readonly KubernetesObject[]): object[] {
  const names = new Set(claimsOf(objects).map(({ storageClassName }) => storageClassName ?? 'simulated'));
  return [...names].map((name) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: { 'storageclass.kubernetes.io/is-default-class': String(name === 'simulated') },
    },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  }));
}

function volumes(objects: readonly KubernetesObject[]): object[] {
  return claimsOf(objects).map(({ accessModes, storageClassName = 'simulated', resources }, at) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `simulated-${at}` },
    spec: {
      capacity: resources.requests,
      accessModes,
      storageClassName,
      hostPath: { path: `/simulated/${at}` },
    },
  }));
}
