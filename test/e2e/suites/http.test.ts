import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { deploy } from '../../../tools/cluster/deploy';
import { ROOT } from '../../../tools/cluster/state';
import { Progress, until } from '../../../tools/cluster/step';
import { serveProgram } from '../go-image';
import { Clients } from '../requests';
import { getJson, kubectl, needCluster, say, step } from '../session';

const SUITE = 'http';
const DEV = join(ROOT, 'dist', 'dev');
/** One pixel. The same photo under the same name is one task, however often it is sent. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const REQUESTS = 2000;
const CLIENTS = 4;
const BARE = 'e2e-bare';

interface Service {
  readonly spec: { readonly clusterIP: string; readonly ports: readonly { readonly port: number }[] };
}

async function addressOf(namespace: string, name: string): Promise<{ host: string; port: number }> {
  const { spec } = await getJson<Service>('service', name, '--namespace', namespace);
  return { host: spec.clusterIP, port: spec.ports[0]?.port ?? 0 };
}

async function roll(namespace: string, name: string): Promise<void> {
  await kubectl(['rollout', 'restart', `deployment/${name}`, '-n', namespace]);
  await kubectl(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=110s']);
}

/** Rolls a Deployment while clients ask its Service, at least so many times. */
async function askWhileRolling(namespace: string, name: string, clients: Clients, requests: number) {
  let rollouts = 0;
  try {
    do {
      await roll(namespace, name);
      rollouts += 1;
    } while (clients.sent < requests);
  } finally {
    await clients.end();
  }
  return { rollouts, ...(await clients.end()) };
}

afterAll(() => kubectl(['delete', 'namespace', BARE, '--wait=false', '--ignore-not-found']));

test('a rolling update of a WebService loses no request', async () => {
  await deploy(needCluster(), DEV, new Progress(say));
  await step(SUITE, 'requests through the Service of upload, over rolling updates', async () => {
    const asked = { method: 'PUT', path: '/photos/e2e/rolling.png', body: PHOTO, status: 202 };
    const clients = new Clients({ ...(await addressOf('darkroom', 'upload')), ...asked }, CLIENTS);
    const { answered, failed, rollouts } = await askWhileRolling('darkroom', 'upload', clients, REQUESTS);
    expect(failed).toEqual([]);
    return { requests: answered, failed: failed.length, 'rolling updates': rollouts };
  });
});

test('fails for a Deployment that is not made for it: the clients would notice', async () => {
  await serveProgram(needCluster(), join(ROOT, 'test', 'e2e', 'answering'), ['answering:1']);
  await kubectl(['create', 'namespace', BARE]);
  await kubectl(['create', 'deployment', 'bare', '--image=answering:1', '--replicas=2', '-n', BARE]);
  await kubectl(['expose', 'deployment', 'bare', '--port=80', '--target-port=8080', '-n', BARE]);
  await kubectl(['rollout', 'status', 'deployment/bare', '-n', BARE, '--timeout=110s']);
  await step(SUITE, 'a bare Deployment loses requests over rolling updates', async () => {
    const clients = new Clients(
      { ...(await addressOf(BARE, 'bare')), method: 'GET', path: '/', status: 200 },
      CLIENTS,
    );
    // kube-proxy writes its rules a moment after the pods are ready.
    await until(() => clients.sent > CLIENTS, { otherwise: 'no request was sent', seconds: 60 });
    const { answered, failed, rollouts } = await askWhileRolling(BARE, 'bare', clients, 400);
    expect(failed.length).toBeGreaterThan(0);
    return { requests: answered + failed.length, failed: failed.length, 'rolling updates': rollouts };
  });
});
