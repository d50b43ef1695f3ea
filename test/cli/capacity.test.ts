import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ClusterModel, ProgramModel } from '../../lib/model';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { capstan, exampleModel, programFolder, programModel } from './example-program';

const GIB = 2 ** 30;

const deployment = (replicas: number, cpu: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'shop' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: { containers: [{ name: 'shop', image: 'shop:1', resources: { requests: { cpu } } }] },
    },
  },
});

const POOL: ClusterModel['nodePools'][number] = {
  name: 'general',
  machine: 'm7g.large',
  labels: {},
  taints: [],
  allocatable: { cpu: 2, memory: 8 * GIB },
  nodes: { min: 1, max: 3 },
};

function cluster(environmentName: string, change: Partial<ClusterModel> = {}): ClusterModel {
  return { environmentName, nodePools: [POOL], documents: [deployment(3, '1')], ...change };
}

function folderOf(...clusters: ClusterModel[]): string {
  const model: ProgramModel = { ...programModel([exampleModel('shop/develop')]), clusters };
  return programFolder(model);
}

describe('capstan capacity', () => {
  test('shows for each environment whether all fits, and on how many nodes', async () => {
    const { code, out, err } = await capstan(folderOf(cluster('dev'), cluster('prod')), 'capacity');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^dev\n {2}4 pods on at most 3 nodes: all of them fit\.\n/);
    expect(out).toContain('\n\nprod\n  4 pods on at most 3 nodes');
    expect(out).toMatch(/general +m7g\.large +2 +1 to 3/);
  });

  test('names what does not fit with the reason, and ends with 0: it is a result', async () => {
    const many = cluster('dev', { documents: [deployment(9, '1')] });
    const { code, out } = await capstan(folderOf(many), 'capacity');
    expect(code).toBe(0);
    expect(out).toMatch(/Deployment shop\/shop: 4 of 10 pods\. .*Insufficient cpu/);
  });

  test('leaves out rolling updates, takes a strategy and prices, and gives JSON', async () => {
    const folder = folderOf(cluster('dev'));
    writeFiles(folder, { 'prices.yaml': 'currency: EUR\nper: hour\nprices:\n  m7g.large: 0.5\n' });
    const words = [
      '--no-rolling-updates',
      '--strategy',
      'MostAllocated',
      '--prices',
      'prices.yaml',
      '--json',
    ];
    const { code, out } = await capstan(folder, 'capacity', ...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      dev: { fits: true, pods: 3, cost: { currency: 'EUR', per: 'hour', needed: 1, most: 1.5 } },
    });
  });

  test.each<[string, ClusterModel[], string[], string]>([
    ['an unknown environment', [cluster('dev')], ['-e', 'prod'], 'Unknown environment prod. Known are: dev.'],
    [
      'no environment',
      [],
      [],
      'capacity must have an Environment with nodePools, got a program without one.',
    ],
    [
      'no node pools',
      [cluster('dev', { nodePools: [] })],
      [],
      'nodePools must be described, got none of dev.',
    ],
    ['an unknown strategy', [cluster('dev')], ['--strategy', 'Best'], 'It must be one of LeastAllocated'],
    [
      'prices that are not there',
      [cluster('dev')],
      ['--prices', 'none.yaml'],
      '--prices must be a YAML or JSON file',
    ],
    [
      'a negative number of nodes',
      [cluster('dev', { nodePools: [{ ...POOL, nodes: { min: -1, max: 3 } }] })],
      [],
      'node pool general: nodes.min must be a whole number of 0 or more, got -1',
    ],
    [
      'an amount that is no number',
      [cluster('dev', { nodePools: [{ ...POOL, allocatable: { cpu: Number.NaN, memory: GIB } }] })],
      [],
      'node pool general: allocatable',
    ],
    ['a negative request', [cluster('dev', { documents: [deployment(3, '-1')] })], [], 'requests'],
  ])('fails for %s, in one line', async (_, clusters, words, line) => {
    const { code, out, err } = await capstan(folderOf(...clusters), 'capacity', ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('fails for an unknown type of machine of a real program, in one line with the nearest one', async () => {
    const library = JSON.stringify(join(PACKAGE_ROOT, 'lib'));
    const program = `import { CapstanApp, Environment } from ${library};
      const app = new CapstanApp();
      new Environment(app, 'dev', {
        namespace: 'shop',
        nodePools: [{ name: 'general', labels: { pool: 'general' }, machine: 'm7g.larg', nodes: { min: 1, max: 3 } }],
      });
      app.synth();`;
    const loader = join(PACKAGE_ROOT, 'node_modules/tsx/dist/loader.mjs');
    const folder = temporaryFolder({
      'main.ts': program,
      'cdk8s.yaml': `app: node --import ${JSON.stringify(loader)} main.ts\n`,
    });
    const { code, out, err } = await capstan(folder, 'capacity');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /machine must be a type of machine that Capstan knows.*got "m7g\.larg".*m7g\.large/,
      ),
    ]);
  });
});
