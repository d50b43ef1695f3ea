import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Looks } from '../../lib/cli/status-looks';
import { openCluster } from '../../lib/cluster/open';
import { scaleOut } from '../../tools/captures/scale-out';
import { capstan, exampleModel, programFolder, programModel } from '../cli/example-program';
import { foundProgram } from '../found-program';
import { temporaryFolder } from '../temporary-folder';

const { startApiServer } = require('../../tools/cluster/api-server.cjs');

const programs = foundProgram('cluster/build.sh', 'newest');
const SHOP = { namespace: 'shop', name: 'develop' };

(programs === undefined ? describe.skip : describe)('capstan status beside a real API server', () => {
  const saved = { ...process.env };
  let server: {
    kubectl(args: string[], input?: string): Promise<{ status: number; stdout: string; stderr: string }>;
    kubeconfig: string;
    stop(): void;
  };
  const kubectl = async (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = await server.kubectl([...args], input);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };

  beforeAll(async () => {
    server = await startApiServer('newest');
    process.env.KUBECONFIG = server.kubeconfig;
    process.env.PATH = `${programs}:${process.env.PATH}`;
    await kubectl(['create', 'namespace', SHOP.namespace]);
    await scaleOut(kubectl, SHOP);
  }, 180_000);
  afterAll(() => {
    process.env = saved;
    server?.stop();
  });

  test('shows a scale-out of a Deployment that it knows nothing of', async () => {
    const { code, out, err } = await capstan(temporaryFolder(), 'status', '--namespace', 'shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const line of [
      'shop/develop  Deployment · scaled by HorizontalPodAutoscaler develop',
      'pods        ●●●●◐○··  4 of 8 ready, 1 starting, 1 without a node  (1 to 12)',
      'capstan_queue_backlog     310 of 171 a pod        asks for 11 pods',
      'held by its policy: at most 100 % in 15 s or 4 pods in 15 s, whichever is more',
      'out of memory: its limit is 143Mi',
      '1 pod: no node: 0/3 nodes are available: 3 Insufficient cpu.',
      'metrics of 4 pods cannot be read: ',
    ]) {
      expect(out).toContain(line);
    }
  });

  test('shows where it is unlike the plan of its program, as text and as JSON', async () => {
    const documents = [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: SHOP }];
    const folder = programFolder({ ...programModel([exampleModel('shop/develop')]), documents });
    const text = await capstan(folder, 'status', 'develop');
    expect(text.out).toContain('plan        minReplicas is 1 pod, planned 3 pods');
    const { code, out } = await capstan(folder, 'status', 'shop/develop', '--json');
    expect(code).toBe(0);
    const [status, ...others] = JSON.parse(out);
    expect(others).toEqual([]);
    expect(status).toMatchObject({
      pods: { wanted: 8, ready: 4, starting: 1, pending: 1, ending: 0, ended: 0 },
      scaling: { current: 8, desired: 8, wanted: 11, held: { by: 'policy' } },
      rollout: { state: 'done', updated: 6, old: 0 },
    });
    expect(status.deviations.map(({ figure }: { figure: string }) => figure)).toContain('maxReplicas');
  });

  test('sees a drain end between two looks', async () => {
    // Without a kubelet a pod with a node drains until it is removed by force.
    await kubectl(['delete', 'pod', 'develop-0', '-n', 'shop', '--wait=false']);
    const api = await openCluster({});
    try {
      const looks = new Looks(api, { planned: [], ...SHOP });
      const [draining] = await looks.look();
      const seen = { pod: 'develop-0', graceSeconds: 23 };
      expect(draining?.draining).toEqual([expect.objectContaining(seen)]);
      expect(draining?.lastDrain).toBeUndefined();
      await kubectl(['delete', 'pod', 'develop-0', '-n', 'shop', '--force', '--grace-period=0']);
      const [drained] = await looks.look();
      expect(drained?.draining).toEqual([]);
      expect(drained?.lastDrain).toMatchObject(seen);
    } finally {
      api.close();
    }
  });

  test('looks as often as it is told to, one line of JSON each', async () => {
    const args = ['status', 'develop', '-n', 'shop', '--json', '--watch', '0.05', '--looks', '3'];
    const { code, out } = await capstan(temporaryFolder(), ...args);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line)[0].name)).toEqual(['develop', 'develop', 'develop']);
  });

  test.each([
    [
      'an unknown name',
      ['status', 'other', '-n', 'shop'],
      'Unknown name other. Known in namespace shop are: develop.',
    ],
    [
      'an empty namespace',
      ['status', '-n', 'empty'],
      'There is no Deployment or StatefulSet in namespace empty.',
    ],
    ['a wrong interval', ['status', '--watch', '-1'], 'It must be a number above 0.'],
  ])('fails with one line for %s', async (_, args, line) => {
    const { code, out, err } = await capstan(temporaryFolder(), ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
