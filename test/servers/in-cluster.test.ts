import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { foundProgram } from '../found-program';

const { startApiServer } = require('../../tools/cluster/api-server.cjs');
const EXAMPLE = join(PACKAGE_ROOT, 'examples/in-cluster');
const OBJECTS = join(EXAMPLE, 'expected/objects.k8s.yaml');
const THREE = ['pod/my-pod', 'service/my-service', 'deployment/my-deployment'];
/** There are no controllers: it never becomes ready. */
const DEADLINE = '12s';

const isBuilt = foundProgram('cluster/build.sh', 'newest') !== undefined;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

(isBuilt ? describe : describe.skip)('the program of examples/in-cluster at a real API server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-in-cluster-'));
  const program = join(folder, 'creator');
  const kubeconfig = join(folder, 'kubeconfig.json');
  let server: { kubectl(args: string[], input?: string): Promise<Ended>; kubeconfig: string; stop(): void };

  async function kubectl(args: string[], input = ''): Promise<string> {
    const { status, stdout, stderr } = await server.kubectl(['--namespace=in-cluster', ...args], input);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  function run(): Ended {
    const env = { KUBECONFIG: kubeconfig, CREATOR_DEADLINE: DEADLINE };
    return spawnSync(program, [], { encoding: 'utf8', env });
  }

  async function three() {
    const { items } = JSON.parse(await kubectl(['get', '--show-managed-fields', '-o=json', ...THREE]));
    return items;
  }

  /** The objects that give the program its rights, as they are committed. */
  function rights(): string {
    const text = readFileSync(join(EXAMPLE, 'expected/creator.k8s.yaml'), 'utf8');
    const kinds = ['Role', 'RoleBinding', 'ServiceAccount'];
    const items = parseAllDocuments(text)
      .map((it) => it.toJS())
      .filter(({ kind }) => kinds.includes(kind));
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  }

  /** A kubeconfig with a token of the program's ServiceAccount. */
  async function writeKubeconfig(): Promise<void> {
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
    const token = (await kubectl(['create', 'token', 'creator'])).trim();
    config.users[0].user = { token };
    config.contexts[0].context.namespace = 'in-cluster';
    writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  beforeAll(async () => {
    const build = ['build', '-o', program, '.'];
    const built = spawnSync('go', build, { cwd: join(EXAMPLE, 'app'), encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stderr);
    server = await startApiServer('newest');
    await server.kubectl(['create', 'namespace', 'in-cluster']);
    const restricted = 'pod-security.kubernetes.io/enforce=restricted';
    await kubectl(['label', 'namespace', 'in-cluster', restricted]);
    await kubectl(['apply', '--server-side', '-f', '-'], rights());
    await writeKubeconfig();
  }, 300_000);

  afterAll(() => {
    server?.stop();
    rmSync(folder, { recursive: true });
  });

  test("creates the article's objects as its own manager, and says that they are not ready", async () => {
    const { status, stdout, stderr } = run();
    expect(stdout).toContain('Pod my-pod: created');
    expect(stdout).toContain('Service my-service: created');
    expect(stdout).toContain('Deployment my-deployment: created');
    expect(stdout).toMatch(/Service my-service: reachable at 10\.96\./);
    expect(stderr).toContain('Pod my-pod: not ready when the time was over: Pending, no node has it yet');
    expect(stderr).toContain('Deployment my-deployment: not ready when the time was over');
    expect(status).toBe(1);

    const [pod, service, deployment] = await three();
    expect(pod.spec.containers).toMatchObject([{ name: 'my-container', image: 'my-image' }]);
    expect(service.spec.selector).toEqual({ app: 'my-app' });
    expect(service.spec.ports).toEqual([{ protocol: 'TCP', port: 80, targetPort: 8080 }]);
    expect(deployment.spec.replicas).toBe(3);
    for (const { metadata } of [pod, service, deployment]) {
      expect(metadata.managedFields).toMatchObject([{ manager: 'in-cluster', operation: 'Apply' }]);
    }
  });

  test('changes nothing when it runs again', async () => {
    const versions = async () =>
      (await three()).map((it: { metadata: { resourceVersion: string } }) => it.metadata.resourceVersion);
    const before = await versions();
    expect(run().stdout.match(/: unchanged$/gm)).toHaveLength(3);
    expect(await versions()).toEqual(before);
  });

  test('sets what the manifests set: another manager applies them without a conflict', async () => {
    const specs = async () => (await three()).map((it: { spec: object }) => it.spec);
    const before = await specs();
    await kubectl(['apply', '--server-side', '--field-manager=manifests', '-f', OBJECTS]);
    expect(await specs()).toEqual(before);
  });

  test.each([
    ['get', 'secrets'],
    ['list', 'pods'],
    ['delete', 'pod/my-pod'],
    ['patch', 'pod/another'],
    ['create', 'roles'],
  ])('may not %s %s', async (verb, resource) => {
    const as = '--as=system:serviceaccount:in-cluster:creator';
    const { status, stdout } = await server.kubectl([
      '-n',
      'in-cluster',
      'auth',
      'can-i',
      verb,
      resource,
      as,
    ]);
    expect(stdout.trim()).toBe('no');
    expect(status).toBe(1);
  });

  test('fails with 2 and names all that it may not do when its Role is gone', async () => {
    await kubectl(['delete', 'role', 'creator']);
    const { status, stdout, stderr } = run();
    const verbs = 'get, list, watch, create, patch';
    expect(stderr).toContain(`${verbs} pods; ${verbs} services; ${verbs} deployments.apps`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('fails with 2 when the API server does not know the token', async () => {
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    config.users[0].user = { token: 'of nobody' };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const { status, stderr } = run();
    expect(stderr).toContain('does not know the token');
    expect(status).toBe(2);
  });
});
