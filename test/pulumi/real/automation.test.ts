import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Provider } from '@pulumi/kubernetes';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation';
import { CapstanStack, type CapstanStackArgs, clusterProvider } from '../../../lib/pulumi';
import { compareLive } from '../../live/compare-live';
import { strangers } from '../../live/strangers';
import { PULUMI_ADDS } from './additions';
import { type ControlPlane, startControlPlane } from './control-plane';
import { PulumiHome, pulumiPrograms } from './pulumi-home';
import { NAMESPACE, PASSWORD, type Shop, shop } from './shop';

const programs = pulumiPrograms();
const PROJECT = 'shop';
const NOTHING = { same: expect.any(Number) };
const FORCE = 'PULUMI_K8S_ENABLE_PATCH_FORCE';

(programs === undefined ? describe.skip : describe)('CapstanStack by the Automation API', () => {
  let cluster: ControlPlane;
  let home: PulumiHome;
  let stack: Stack;
  let made = 0;

  beforeAll(async () => {
    cluster = await startControlPlane('pulumi-automation');
    home = new PulumiHome(programs ?? '', cluster.kubeconfig);
  });
  afterAll(async () => {
    home?.remove();
    await cluster?.stop();
  });
  beforeEach(async () => {
    made += 1;
    const workDir = join(home.folder, `work-${made}`);
    mkdirSync(workDir);
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: `test-${made}`, projectName: PROJECT, program: program({}) },
      {
        workDir,
        pulumiHome: home.env.PULUMI_HOME ?? '',
        pulumiCommand: await PulumiCommand.get({ root: programs ?? '' }),
        envVars: { ...home.env },
      },
    );
  });
  afterEach(async () => {
    await stack.destroy();
    expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain(
      `namespace/${NAMESPACE}`,
    );
  });

  /** A Pulumi program with the shop. */
  function program(
    changed: Shop,
    args: Partial<CapstanStackArgs> = {},
    { name = 'shop', options = {} }: { name?: string; options?: ComponentResourceOptions } = {},
  ) {
    return async () => {
      const provider = args.provider ?? clusterProvider('cluster', { context: cluster.context });
      new CapstanStack(name, { app: shop(changed), ...args, provider }, options);
    };
  }

  /** Deploys what a program says; gives how many resources were created, changed, replaced, deleted. */
  async function up(...wanted: Parameters<typeof program>) {
    const { summary, stdout } = await stack.up({ program: program(...wanted), refresh: true });
    return { changes: summary.resourceChanges ?? {}, stdout };
  }

  const live = (changed: Shop) => compareLive(cluster.kubectl, shop(changed).documents(), PULUMI_ADDS);
  const uid = (...object: string[]) =>
    cluster.kubectl(['get', '--namespace', NAMESPACE, ...object, '-o', 'jsonpath={.metadata.uid}']);

  /** Changes the image, as somebody does who does not know of Pulumi. */
  const meddle = (...flags: string[]) => {
    const containers = [{ name: 'it', image: 'localhost:5000/meddled:1' }];
    const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
    return cluster.kubectl(['patch', '--namespace', NAMESPACE, 'deployment/web', '-p', patch, ...flags]);
  };

  test('preview, up and up again: the cluster is what was synthesized', async () => {
    const preview = await stack.preview();
    expect(preview.changeSummary).toEqual({ create: expect.any(Number) });
    const { changes } = await up({});
    expect(changes).toEqual({ create: preview.changeSummary.create });
    expect(await live({})).toEqual([]);
    expect(await strangers(cluster.kubectl, [NAMESPACE], shop({}).documents())).toEqual([]);
    expect((await up({})).changes).toEqual(NOTHING);
  });

  test('secrets are ciphertext in the state', async () => {
    await up({});
    const state = home.state(PROJECT, stack.name);
    expect(state).toContain('ciphertext');
    for (const plain of [PASSWORD, Buffer.from(PASSWORD).toString('base64')])
      expect(state).not.toContain(plain);
    // What is no secret is there in plain words.
    expect(state).toMatch(/"colour": *"blue"/);
    expect(await live({})).toEqual([]);
  });

  test('drift by kubectl fails a refresh that expects none and a preview, and up takes it back', async () => {
    await up({});
    await meddle();
    await expect(stack.refresh({ expectNoChanges: true })).rejects.toThrow(/no changes were expected/);
    await expect(stack.preview({ program: program({}), refresh: true })).rejects.toThrow(/conflict/);
    await up({});
    expect(await live({})).toEqual([]);
    expect((await up({})).changes).toEqual(NOTHING);
  });

  test('what another owner has set fails up, until it is taken back by force', async () => {
    await up({});
    await meddle('--field-manager=somebody');
    await expect(up({})).rejects.toThrow(/conflict with "somebody"/);
    expect(await live({})).toHaveLength(1);
    stack.workspace.envVars[FORCE] = 'true';
    try {
      await up({});
    } finally {
      delete stack.workspace.envVars[FORCE];
    }
    expect(await live({})).toEqual([]);
    expect((await up({})).changes).toEqual(NOTHING);
  });

  test('without a refresh, drift goes unseen', async () => {
    await up({});
    await meddle();
    const { summary } = await stack.up({ program: program({}) });
    expect(summary.resourceChanges).toEqual(NOTHING);
    expect(await live({})).toHaveLength(1);
  });

  test('a changed selector replaces the Deployment: the old one is gone before the new one comes', async () => {
    await up({});
    const before = await uid('deployment', 'web');
    const { changes } = await up({ selector: 'front' });
    expect(changes).toMatchObject({ replace: 1 });
    expect(await uid('deployment', 'web')).not.toBe(before);
    expect(await live({ selector: 'front' })).toEqual([]);
    expect((await up({ selector: 'front' })).changes).toEqual(NOTHING);
  });

  test('what is removed from the program is deleted, and nothing else', async () => {
    await up({});
    const { changes } = await up({ hasCache: false });
    expect(changes).toEqual({ ...NOTHING, delete: 1 });
    expect(await live({ hasCache: false })).toEqual([]);
    expect(await strangers(cluster.kubectl, [NAMESPACE], shop({ hasCache: false }).documents())).toEqual([]);
  });

  test('an earlier program rolls back', async () => {
    await up({ image: 'one' });
    await up({ image: 'two', colour: 'red' });
    expect(await live({ image: 'two', colour: 'red' })).toEqual([]);
    await up({ image: 'one' });
    expect(await live({ image: 'one' })).toEqual([]);
  });

  test('a changed ConfigMap stays the same object, by clusterProvider; by a plain provider it is another', async () => {
    await up({});
    const before = await uid('configmap', 'web');
    await up({ colour: 'red' });
    expect(await uid('configmap', 'web')).toBe(before);
    const plain = () =>
      new Provider('cluster', { context: cluster.context, clusterIdentifier: cluster.context });
    const wanted = async () => program({ colour: 'green' }, { provider: plain() })();
    const { stdout } = await stack.up({ program: wanted });
    expect(stdout).toContain('Set enableConfigMapMutable of the provider');
    expect(await uid('configmap', 'web')).not.toBe(before);
  });

  test('a construct that moves in the tree, and a stack of a new name, leave the objects alone', async () => {
    await up({});
    const before = await uid('deployment', 'web');
    const { changes } = await up({ levels: 2 });
    expect(changes).not.toHaveProperty('delete', expect.anything());
    await up({ levels: 2 }, {}, { name: 'store', options: { aliases: [{ name: 'shop' }] } });
    expect(await uid('deployment', 'web')).toBe(before);
    expect(await live({})).toEqual([]);
  });

  test('a kubeconfig with other words for the same cluster replaces nothing', async () => {
    const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8');
    const provider = (text: string) => clusterProvider('cluster', { kubeconfig: text });
    const run = (text: string) =>
      stack.up({ program: async () => program({}, { provider: provider(text) })(), refresh: true });
    await run(kubeconfig);
    const before = await uid('deployment', 'web');
    await run(`${kubeconfig}\n# renewed\n`);
    expect(await uid('deployment', 'web')).toBe(before);
    expect(home.state(PROJECT, stack.name)).not.toContain('renewed');
  });

  test('an object that is there already is taken over without a word', async () => {
    const data = { data: { colour: 'blue', other: 'kept' } };
    const metadata = { name: 'web', namespace: NAMESPACE };
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    const object = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...data });
    await cluster.kubectl(['create', '-f', '-'], object);
    const before = await uid('configmap', 'web');
    await up({});
    expect(await uid('configmap', 'web')).toBe(before);
    expect((await live({})).filter((line) => line.includes('/data'))).toEqual([
      `ConfigMap ${NAMESPACE}/web: /data/other is "kept", expected nothing`,
    ]);
  });

  test('transforms and protect of the stack count for every object', async () => {
    const label = 'example.org/team';
    const options: ComponentResourceOptions = {
      protect: true,
      transforms: [
        ({ type, props, opts }) => {
          if (!type.startsWith('kubernetes:')) return undefined;
          const { metadata } = props;
          return {
            props: { ...props, metadata: { ...metadata, labels: { ...metadata.labels, [label]: 'a' } } },
            opts,
          };
        },
      ],
    };
    await up({}, {}, { options });
    const differences = await live({});
    const documents = shop({}).documents();
    expect(differences.filter((line) => line.includes('/metadata/labels'))).toHaveLength(documents.length);
    await expect(stack.destroy()).rejects.toThrow(/protected/);
    await up({});
    expect(await live({})).toEqual([]);
  });
});
