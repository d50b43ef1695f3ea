import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { objectsIn } from '../../../tools/cluster/documents';
import { ROOT } from '../../../tools/cluster/state';
import { until } from '../../../tools/cluster/step';
import { serveProgram } from '../go-image';
import { getJson, kubectl, needCluster, step, tryKubectl } from '../session';

const SUITE = 'in-cluster';
const NAMESPACE = 'in-cluster';
const MANIFESTS = join(ROOT, 'examples', 'in-cluster', 'expected', 'creator.k8s.yaml');
const ACCOUNT = `system:serviceaccount:${NAMESPACE}:creator`;

interface Job {
  readonly status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
    }[];
  };
}

beforeAll(async () => {
  const cluster = needCluster();
  await serveProgram(cluster, join(ROOT, 'examples', 'in-cluster', 'app'), ['in-cluster-creator:1.0']);
  await serveProgram(cluster, join(ROOT, 'test', 'e2e', 'answering'), ['my-image:latest']);
  await kubectl(['create', 'namespace', NAMESPACE]);
  await kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found']));

/** Runs the Job anew to its end; gives the type and reason of its last condition, and what it printed. */
async function run(): Promise<{ ended: string; log: string }> {
  await kubectl(['delete', 'job/creator', '-n', NAMESPACE, '--ignore-not-found', '--cascade=foreground']);
  await kubectl(['apply', '--server-side', '--validate=strict', '-f', MANIFESTS]);
  const ended = await until(
    async () => {
      const { status } = await getJson<Job>('job/creator', '-n', NAMESPACE);
      const over = status.conditions?.find((it) => ['Complete', 'Failed'].includes(it.type));
      return over?.status === 'True' && `${over.type} ${over.reason}`;
    },
    { otherwise: 'the Job came to no end', seconds: 300 },
  );
  return { ended, log: await kubectl(['logs', '-n', NAMESPACE, 'job/creator']) };
}

test('a program in a pod creates, watches and reports its Pod, Service and Deployment', async () => {
  await step(SUITE, 'the client-go program makes its three objects, and sees them ready', async () => {
    const { ended, log } = await run();
    expect({ ended, log }).toEqual({ ended: expect.stringMatching(/^Complete/), log: expect.any(String) });
    for (const line of ['Pod my-pod: created', 'Service my-service: created', 'Pod my-pod: ready']) {
      expect(log).toContain(line);
    }
    expect(log).toContain('Deployment my-deployment: 3 of 3 replicas available, 3 up to date');
    return { lines: log.trim().split('\n').length };
  });
  await step(SUITE, 'it finds them unchanged when it runs again', async () => {
    const { log } = await run();
    expect(log.match(/: unchanged/g)).toHaveLength(3);
    return undefined;
  });
});

test('fails for what its Role does not give', async () => {
  await step(SUITE, 'its account is refused Secrets, and other pods', async () => {
    for (const args of [
      ['-n', NAMESPACE, 'get', 'secrets'],
      ['-n', NAMESPACE, 'delete', 'pod', 'my-pod'],
      ['-n', NAMESPACE, 'get', 'pod', 'another'],
      ['-n', 'kube-system', 'get', 'pods'],
    ]) {
      const { code, stderr } = await tryKubectl([...args, `--as=${ACCOUNT}`]);
      expect({ args, code, stderr }).toEqual({ args, code: 1, stderr: expect.stringContaining('forbidden') });
    }
    return undefined;
  });
  await step(SUITE, 'without a right it says which, changes nothing, and is not tried again', async () => {
    const patch = [{ op: 'remove', path: '/rules/5' }];
    await kubectl(['apply', '--server-side', '-f', MANIFESTS]);
    await kubectl([
      'patch',
      'role/creator',
      '-n',
      NAMESPACE,
      '--type=json',
      `--patch=${JSON.stringify(patch)}`,
    ]);
    await kubectl(['delete', 'job/creator', '-n', NAMESPACE, '--cascade=foreground']);
    const job = objectsIn(dirname(MANIFESTS)).find(({ kind }) => kind === 'Job');
    await kubectl(['create', '-f', '-'], JSON.stringify(job));
    const wait = { otherwise: 'the Job came to no end', seconds: 300 };
    const failed = await until(async () => {
      const { status } = await getJson<Job>('job/creator', '-n', NAMESPACE);
      return status.conditions?.find((it) => it.type === 'Failed' && it.status === 'True');
    }, wait);
    expect(failed.reason).toBe('PodFailurePolicy');
    const log = await kubectl(['logs', '-n', NAMESPACE, 'job/creator']);
    expect(log).toContain('get, list, watch, patch deployments.apps');
    return undefined;
  });
});
