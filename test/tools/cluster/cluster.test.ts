import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withNeeds } from '../../../tools/cluster/addons/all';
import { imagesOf, missingSecrets, objectsIn } from '../../../tools/cluster/documents';
import { whileHolding } from '../../../tools/cluster/lock';
import { endAll, isRunning, markedPids, start, stop } from '../../../tools/cluster/processes';
import { allClusters, type Cluster, clusterFolder, ROOT, writeCluster } from '../../../tools/cluster/state';
import { StepError, until } from '../../../tools/cluster/step';

const DEV = join(ROOT, 'dist', 'dev');
const before = process.env.XDG_STATE_HOME;
let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'capstan-clusters-'));
  process.env.XDG_STATE_HOME = state;
});

afterEach(() => {
  rmSync(state, { recursive: true });
  if (before === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = before;
});

function exampleCluster(name = 'example'): Cluster {
  const folder = clusterFolder(name);
  const cluster = { name, folder, firstPort: 1, address: '127.0.0.1', hasRealNode: false, simulatedNodes: 0 };
  const whole = { ...cluster, addons: [], autoscalerSeconds: 15, programs: '/nowhere' };
  writeCluster(whole);
  return whole;
}

describe('processes of a cluster', () => {
  test('are found by their mark, also those that they have started, and end', async () => {
    const cluster = exampleCluster();
    start(cluster, { name: 'parent', program: '/bin/sh', args: ['-c', 'sleep 1000 & sleep 1000'] });
    const two = async () => markedPids(cluster.folder).length >= 2;
    await until(two, { otherwise: 'no two processes', seconds: 10 });
    expect(isRunning(cluster, 'parent')).toBe(true);
    await stop(cluster.folder, ['parent'], 5);
    expect(isRunning(cluster, 'parent')).toBe(false);
    await endAll(markedPids(cluster.folder), 0);
    expect(markedPids(cluster.folder)).toEqual([]);
  });

  test('are not taken for another one that has got the number', () => {
    const cluster = exampleCluster();
    writeFileSync(join(cluster.folder, 'pids', 'former'), `${process.pid} 12345`);
    expect(isRunning(cluster, 'former')).toBe(false);
  });

  test('fails to wait, at once and with the log, for one that has ended', async () => {
    const isOver = () => true;
    const waiting = until(() => false, {
      otherwise: 'x did not come up',
      seconds: 60,
      log: '/x.log',
      isOver,
    });
    await expect(waiting).rejects.toThrow('x did not come up (its process ended). Its log: /x.log');
  });
});

describe('a cluster', () => {
  test('is written down before anything of it runs', () => {
    const cluster = exampleCluster();
    expect(allClusters()).toEqual([cluster]);
    writeFileSync(join(cluster.folder, 'cluster.json'), '{"na');
    expect(allClusters()).toEqual([]);
  });

  test('fails for a second process while a first one is busy with it', async () => {
    const inside = () => whileHolding('one', async () => undefined);
    await expect(whileHolding('one', inside)).rejects.toThrow('is busy with the cluster one');
    await inside();
  });

  test('is not held by a process that has died', async () => {
    exampleCluster();
    const { pid } = spawnSync('true');
    writeFileSync(join(state, 'capstan', 'clusters', 'one.lock'), String(pid));
    expect(await whileHolding('one', async () => 'done')).toBe('done');
  });
});

describe('add-ons', () => {
  test('bring what they need, in the order in which they start', () => {
    expect(withNeeds(['prometheus-adapter', 'coredns'])).toEqual([
      'coredns',
      'prometheus',
      'prometheus-adapter',
    ]);
    expect(withNeeds(['keda'])).toEqual(['coredns', 'keda']);
  });

  test('fails for one that there is not', () => {
    expect(() => withNeeds(['kedda'])).toThrow(StepError);
  });

  test('serve the metrics that docs/deploy.md tells users to serve', () => {
    const file = readFileSync(join(ROOT, 'tools', 'cluster', 'addons', 'prometheus-adapter.yaml'), 'utf8');
    expect(readFileSync(join(ROOT, 'docs', 'deploy.md'), 'utf8')).toContain(`\`\`\`yaml\n${file}\`\`\``);
  });
});

describe('what manifests need', () => {
  test('is every Secret that their containers read, with each key', () => {
    const secrets = missingSecrets(objectsIn(DEV));
    const keys = secrets.map(({ metadata, stringData }) => [
      metadata.name,
      Object.keys(stringData ?? {}).sort(),
    ]);
    expect(Object.fromEntries(keys)).toEqual({
      'broker-auth': ['password', 'user'],
      'catalog-auth': ['admin-password', 'password', 'username'],
      'cache-auth': ['password'],
    });
  });

  test('is no Secret that they hold', () => {
    const metadata = { name: 'one', namespace: 'shop' };
    const reference = { secretKeyRef: { name: 'one', key: 'key' } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { env: [{ valueFrom: reference }] } };
    expect(missingSecrets([pod])).toHaveLength(1);
    expect(missingSecrets([pod, { apiVersion: 'v1', kind: 'Secret', metadata }])).toEqual([]);
  });

  test('is every image, once', () => {
    const images = imagesOf(objectsIn(DEV));
    expect(images).toEqual([...new Set(images)]);
    expect(images.filter((image) => image.startsWith('postgres:'))).toHaveLength(1);
  });
});
