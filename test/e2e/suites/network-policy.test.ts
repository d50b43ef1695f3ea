import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deploy } from '../../../tools/cluster/deploy';
import { objectsIn } from '../../../tools/cluster/documents';
import { serveThirdParty } from '../../../tools/cluster/registry';
import { ROOT } from '../../../tools/cluster/state';
import { Progress, until } from '../../../tools/cluster/step';
import { flowsOf, type PodName, type Policy, podOf, reach } from '../flows';
import { shellPod } from '../pods';
import { kubectl, needAddons, ownCluster, say, step } from '../session';

const SUITE = 'network-policy';
const DEV = join(ROOT, 'dist', 'dev');
const NAMESPACE = 'darkroom';
const STRANGERS = 'e2e-strangers';
const BLOCKED = 'nc: timed out';
const stranger: PodName = { namespace: STRANGERS, name: 'stranger' };

beforeAll(async () => {
  await step(SUITE, 'dist/dev is ready, and a pod in another namespace', async () => {
    const cluster = ownCluster();
    if (cluster === undefined) throw new Error('flows need a cluster that `npm run e2e` brings up itself');
    await needAddons('netpol');
    await deploy(cluster, DEV, new Progress(say));
    await serveThirdParty(cluster, ['capstan.local/busybox:1']);
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: STRANGERS } });
    await apply({ apiVersion: 'v1', kind: 'Pod', metadata: stranger, spec: shellPod('exec sleep 3600') });
    const ready = [
      '--namespace',
      STRANGERS,
      'wait',
      '--for=condition=Ready',
      'pod/stranger',
      '--timeout=60s',
    ];
    await kubectl(ready);
    return undefined;
  });
});

afterAll(() => kubectl(['delete', 'namespace', STRANGERS, '--ignore-not-found', '--wait=false']));

async function apply(object: object): Promise<void> {
  await kubectl([...'apply --server-side --force-conflicts -f -'.split(' ')], JSON.stringify(object));
}

/** What is found from a workload's pod at each of these servers. */
async function reachFrom(workload: string, targets: readonly string[]): Promise<Record<string, string>> {
  const pod = await podOf(NAMESPACE, workload);
  if (pod === undefined) throw new Error(`${workload} has no pod`);
  return reach(pod, targets);
}

test('flows that the specs declare pass', async () => {
  await step(SUITE, 'declared flows pass', async () => {
    const policies = objectsIn(DEV).filter(({ kind }) => kind === 'NetworkPolicy') as unknown as Policy[];
    const targets = new Map<string, string[]>();
    for (const { from, to, port } of flowsOf(policies)) {
      // A Job that has ended has no pod to look from.
      if ((await podOf(NAMESPACE, from)) === undefined) continue;
      targets.set(from, [...(targets.get(from) ?? []), `${to}.${NAMESPACE}.svc:${port}`]);
    }
    expect([...targets.keys()].sort()).toEqual(['develop', 'upload']);
    for (const [from, servers] of targets) {
      const open = Object.fromEntries(servers.map((server) => [server, 'open']));
      expect({ from, ...(await reachFrom(from, servers)) }).toEqual({ from, ...open });
    }
    const metrics = `develop-metrics.${NAMESPACE}.svc:9090`;
    expect(await reach(stranger, [metrics])).toEqual({ [metrics]: 'open' });
    return { flows: [...targets.values()].flat().length + 1 };
  });
});

test('fails for flows that no spec declares', async () => {
  await step(SUITE, 'flows that are not declared are blocked', async () => {
    const undeclared: readonly [from: string, server: string][] = [
      ['crawl', `broker.${NAMESPACE}.svc:4222`],
      ['upload', `catalog.${NAMESPACE}.svc:5432`],
      ['develop', 'kubernetes.default.svc:443'],
    ];
    for (const [from, server] of undeclared) {
      expect({ from, ...(await reachFrom(from, [server])) }).toEqual({ from, [server]: BLOCKED });
    }
    const cache = `cache.${NAMESPACE}.svc:6379`;
    expect(await reach(stranger, [cache])).toEqual({ [cache]: BLOCKED });
    return { flows: undeclared.length + 1 };
  });
});

test('a flow passes while a policy allows it', async () => {
  await step(SUITE, 'a blocked flow passes once a policy allows it, and not after', async () => {
    const cache = `cache.${NAMESPACE}.svc:6379`;
    const becomes = (wanted: string) =>
      until(async () => (await reach(stranger, [cache]))[cache] === wanted, {
        otherwise: `${cache} is not ${wanted}`,
        seconds: 60,
      });
    await apply(allowance);
    try {
      await becomes('open');
    } finally {
      await kubectl(['--namespace', NAMESPACE, 'delete', 'networkpolicy', allowance.metadata.name]);
    }
    await becomes(BLOCKED);
    return undefined;
  });
});

const allowance = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'e2e-strangers', namespace: NAMESPACE },
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'cache' } },
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': STRANGERS } } }] },
    ],
  },
};
