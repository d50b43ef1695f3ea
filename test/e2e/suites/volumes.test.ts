import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serveThirdParty } from '../../../tools/cluster/registry';
import { until } from '../../../tools/cluster/step';
import { shellPod } from '../pods';
import { getJson, kubectl, needAddons, ownCluster, step } from '../session';

const SUITE = 'volumes';
const NAMESPACE = 'e2e-volumes';
const MEMBERS = ['store-0', 'store-1'];
const where = ['--namespace', NAMESPACE];

beforeAll(async () => {
  const cluster = ownCluster();
  if (cluster === undefined) throw new Error('volumes need a cluster that `npm run e2e` brings up itself');
  await needAddons('local-path');
  await serveThirdParty(cluster, ['capstan.local/busybox:1']);
  await kubectl(['create', 'namespace', NAMESPACE]);
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']));

const labels = { app: 'store' };
const store = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store', namespace: NAMESPACE },
  spec: {
    replicas: MEMBERS.length,
    serviceName: 'store',
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: shellPod('echo "$HOSTNAME" >>/data/starts; exec sleep 3600', { data: '/data' }),
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
      },
    ],
  },
};

async function allReady(): Promise<void> {
  await kubectl([...where, 'rollout', 'status', 'statefulset/store', '--timeout=120s'], undefined);
}

function starts(member: string): Promise<string> {
  return kubectl([...where, 'exec', member, '--', 'cat', '/data/starts']);
}

test('a StatefulSet with claims keeps its data over a restart, and the data goes with the claims', async () => {
  await step(SUITE, 'a StatefulSet of 2 gets its volumes', async () => {
    await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(store));
    await allReady();
    const { items } = await getJson<{ items: { status: { phase: string } }[] }>('pvc', ...where);
    expect(items.map(({ status }) => status.phase)).toEqual(['Bound', 'Bound']);
    return undefined;
  });
  await step(SUITE, 'each member finds its own data after a restart', async () => {
    await kubectl([...where, 'delete', 'pod', ...MEMBERS]);
    await until(() => kubectl([...where, 'get', 'pod', ...MEMBERS]).then(() => true), {
      otherwise: 'the members are not made again',
      seconds: 60,
    });
    await allReady();
    for (const member of MEMBERS) expect(await starts(member)).toBe(`${member}\n${member}\n`);
    return undefined;
  });
  await step(SUITE, 'volumes are removed with their claims', async () => {
    await kubectl([...where, 'delete', 'statefulset/store', '--cascade=foreground']);
    expect(folders()).toHaveLength(MEMBERS.length);
    await kubectl([...where, 'delete', 'pvc', '--all']);
    const isGone = async () => folders().length === 0;
    await until(isGone, { otherwise: 'folders of volumes are left', seconds: 120 });
    return undefined;
  });
});

/** The folders of the volumes of this suite. */
function folders(): string[] {
  const all = readdirSync(join(ownCluster()?.folder ?? '', 'volumes'));
  return all.filter((name) => name.includes(NAMESPACE));
}
