import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { applyFolder, deploy, makeSecrets, waitReady } from '../../../tools/cluster/deploy';
import { objectsIn } from '../../../tools/cluster/documents';
import { ROOT } from '../../../tools/cluster/state';
import { Progress } from '../../../tools/cluster/step';
import { getJson, kubectl, ownCluster, say, session, step, tryKubectl } from '../session';
import { expectScheduled, withSimulatedCluster } from '../simulated';

const SUITE = 'core';
const DEV = join(ROOT, 'dist', 'dev');
const LEVEL = 'pod-security.kubernetes.io/enforce';

interface Namespace {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

test('dist/dev is admitted, and all of it becomes ready', async () => {
  const objects = objectsIn(DEV);
  await step(SUITE, 'dist/dev is applied and everything is ready', async () => {
    const cluster = ownCluster();
    if (cluster !== undefined) await deploy(cluster, DEV, new Progress(say));
    else {
      await makeSecrets(session().access, objects);
      await applyFolder(session().access, DEV);
      await waitReady(session().access, objects);
    }
    return { objects: objects.length };
  });
  await step(
    SUITE,
    'nothing of it is warned of, and only agents are outside of Pod Security restricted',
    async () => {
      expect(await applyFolder(session().access, DEV)).toEqual([]);
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace') as unknown as Namespace[];
      const levels = namespaces.map(({ metadata }) => [metadata.name, metadata.labels[LEVEL]]);
      expect(Object.fromEntries(levels)).toEqual({ darkroom: 'restricted', 'darkroom-agents': 'privileged' });
      return undefined;
    },
  );
  await step(SUITE, 'kubectl diff has nothing to say', async () => {
    const { code, stdout, stderr } = await tryKubectl(['diff', '--server-side', '-k', DEV]);
    expect({ code, said: `${stdout}${stderr}` }).toEqual({ code: 0, said: '' });
    return undefined;
  });
  await step(SUITE, 'claims are bound, and no container has restarted', async () => {
    const claims = await getJson<{ items: { status: { phase: string } }[] }>('pvc', '--namespace=darkroom');
    expect(new Set(claims.items.map(({ status }) => status.phase))).toEqual(new Set(['Bound']));
    const pods = await getJson<Pods>('pods', '--all-namespaces');
    const restarts = pods.items.flatMap(({ status }) => status.containerStatuses ?? []);
    expect(restarts.filter(({ restartCount }) => restartCount > 0)).toEqual([]);
    return { pods: pods.items.length, claims: claims.items.length };
  });
});

interface Pods {
  readonly items: { readonly status: { readonly containerStatuses?: { readonly restartCount: number }[] } }[];
}

test.each(['staging', 'production-aws', 'production-gcp', 'edge'])(
  'dist/%s is admitted, and its pods are scheduled on simulated nodes',
  async (environment) => {
    await step(SUITE, `dist/${environment} is admitted and scheduled on simulated nodes`, () =>
      withSimulatedCluster(`e2e-${environment}`, async (access) => {
        const folder = join(ROOT, 'dist', environment);
        return expectScheduled(access, folder);
      }),
    );
  },
);

test('fails for a pod that Pod Security restricted does not take', async () => {
  await kubectl(['create', 'namespace', 'e2e-planted']);
  await kubectl(['label', 'namespace', 'e2e-planted', `${LEVEL}=restricted`]);
  const spec = { containers: [{ name: 'main', image: 'capstan.local/pause:1' }] };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'planted', namespace: 'e2e-planted' },
    spec,
  };
  const { code, stderr } = await tryKubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(pod));
  expect({ code, said: stderr }).toEqual({ code: 1, said: expect.stringContaining('violates PodSecurity') });
  await kubectl(['delete', 'namespace', 'e2e-planted', '--wait=false']);
});
