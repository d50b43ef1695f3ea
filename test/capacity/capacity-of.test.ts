import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { CapstanApp, capacityOf, Environment, type NodePool } from '../../lib';
import { matchers } from '../../lib/jest';
import { linesOfError } from '../problem-lines';

expect.extend(matchers);

const GENERAL: NodePool = {
  name: 'general',
  labels: { pool: 'general' },
  machine: 'm7g.large',
  nodes: { min: 1, max: 3 },
};

/** A Deployment as anybody would write it. */
function deployment(replicas: number, cpu = '500m') {
  const labels = { app: 'web' };
  const containers = [{ name: 'web', image: 'web', resources: { requests: { cpu, memory: '256Mi' } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

describe('toFit', () => {
  test('passes for documents of anybody that fit, and their lists', () => {
    expect([deployment(4)]).toFit([GENERAL]);
    expect([{ kind: 'List', items: [deployment(4)] }]).toFit([GENERAL]);
    expect([deployment(40)]).not.toFit([GENERAL]);
    expect([deployment(9)]).toFit([GENERAL], { rollingUpdates: false });
    expect([deployment(9)]).not.toFit([GENERAL]);
  });

  test('fails with the pods, the reason and the pools', () => {
    expect(() => expect([deployment(9)]).toFit([GENERAL])).toThrow(
      [
        'expected all pods to fit general:',
        '  12 pods on at most 3 nodes: 3 find no room.',
        '    Deployment shop/web: 3 of 12 pods. 0/3 nodes are available: 3 Insufficient cpu.',
        '',
        '  pool     machine    nodes needed  of      cpu                 memory            pods',
        '  general  m7g.large  3             1 to 3  78 % of 5.79 cores  11 % of 20.2 GiB  10 % of 87',
      ].join('\n'),
    );
  });

  test('passes for an app and a chart', () => {
    const app = new CapstanApp();
    const environment = new Environment(app, 'dev');
    new Chart(environment, 'chart', { namespace: environment.namespace });
    expect(app).toFit([GENERAL]);
    expect(new Chart(new CapstanApp(), 'other')).toFit([GENERAL]);
  });

  test('fails for what has no documents, and an app whose environment nobody names', () => {
    expect(() => expect(7 as unknown as object[]).toFit([GENERAL])).toThrow(
      'expected an app, a chart or documents, got number',
    );
    const app = new CapstanApp();
    for (const name of ['dev', 'live']) new Environment(app, name);
    expect(() => expect(app).toFit([GENERAL])).toThrow('environment must be one of dev, live, got none.');
    expect(app).toFit([GENERAL], { environment: 'live' });
  });
});

describe('fails with one line for', () => {
  const lines = (pool: object, documents: object[] = [deployment(1)]) =>
    linesOfError(() => capacityOf(documents, { nodePools: [{ ...GENERAL, ...pool }] }));

  test('a type of machine that nobody knows', () => {
    expect(lines({ machine: 'm7g.lagre' })).toEqual([
      'nodePools[0].machine must be a type of machine that Capstan knows, or stand beside an allocatable, got "m7g.lagre". Write m7g.large, or give what kubectl describe node shows as Allocatable.',
    ]);
  });

  test('a pool without any amounts', () => {
    expect(lines({ machine: undefined })).toEqual([
      'nodePools[0].allocatable must be there where the pool names no machine, got neither. Name the type of machine, or give what kubectl describe node shows as Allocatable.',
    ]);
  });

  test('no pools', () => {
    expect(linesOfError(() => capacityOf([deployment(1)], { nodePools: [] }))).toEqual([
      'nodePools must be one node pool or more, got none. Describe the nodes that the pods run on.',
    ]);
  });

  test('amounts that are none', () => {
    const allocatable = {
      cpu: Cpu.millis(1000),
      memory: Size.gibibytes(1),
      extended: { 'nvidia.com/gpu': -1 },
    };
    expect(lines({ allocatable })).toEqual([
      'nodePools[0].allocatable.extended["nvidia.com/gpu"] must be 0 or more, got -1. Give what kubectl describe node shows.',
    ]);
    expect(lines({}, [deployment(1, '-1')])).toEqual([
      'Deployment shop/web: requests.cpu must be 0 or more, got -1. Correct the manifest.',
    ]);
  });
});

test('what others take of each node is left out', () => {
  const reserve = { cpu: Cpu.millis(1930), memory: Size.mebibytes(100), pods: 5 };
  const report = capacityOf([deployment(1)], { nodePools: [{ ...GENERAL, reserve }] });
  expect(report.misfits[0]?.fitsNoNode).toBe(true);
});
