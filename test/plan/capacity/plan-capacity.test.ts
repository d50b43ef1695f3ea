import { describe, expect, test } from '@jest/globals';
import { type CapacityWorkload, capacityProblems, capacityText, planCapacity } from '../../../lib/plan';
import { formatProblem } from '../../../lib/plan/problem';
import { GIB, ofApp, pool, template } from './given';

const prices = { currency: 'EUR', per: 'hour' as const, prices: { a: 0.5 } };

describe('nodes that are needed', () => {
  test('are those of an autoscaler that adds one where a pod finds no room', () => {
    const pools = [pool('a', 9, { nodes: { min: 1, max: 9 } })];
    const { pools: reports, fits } = planCapacity(pools, [{ template: template('it'), pods: 17 }]);
    expect(fits).toBe(true);
    expect(reports[0]?.nodes).toEqual({ min: 1, max: 9, needed: 5 });
  });

  test('leave room for the pods that every node gets', () => {
    const pools = [pool('a', 9, { nodes: { min: 0, max: 9 } })];
    const agent = { template: template('agent', { requests: { cpu: 1 } }), pods: 'each-node' as const };
    const { pools: reports } = planCapacity(pools, [agent, { template: template('it'), pods: 6 }]);
    expect(reports[0]?.nodes.needed).toBe(2);
    expect(reports[0]?.pods).toBe(8);
  });

  test('are of the type that costs least for what a pod asks for', () => {
    const pools = [
      pool('dear', 9, { nodes: { min: 0, max: 9 } }),
      pool('cheap', 9, { nodes: { min: 0, max: 9 } }),
    ];
    const list = { currency: 'EUR', per: 'hour' as const, prices: { dear: 3, cheap: 1 } };
    const { pools: reports, cost } = planCapacity(pools, [{ template: template('it'), pods: 8 }], {
      prices: list,
    });
    expect(reports.map(({ nodes }) => nodes.needed)).toEqual([0, 2]);
    expect(cost).toEqual({ currency: 'EUR', per: 'hour', least: 0, needed: 2, most: 36, without: [] });
  });

  test('are in the zone that a pod asks for', () => {
    const zones = ['x', 'y', 'z'];
    const bound = template('bound', { nodeSelector: { 'topology.kubernetes.io/zone': 'z' } });
    const { pools, fits } = planCapacity(
      [pool('a', 9, { zones, nodes: { min: 0, max: 9 } })],
      [{ template: bound, pods: 1 }],
    );
    expect(fits).toBe(true);
    expect(pools[0]?.nodes.needed).toBe(3);
  });
});

test('a report names what does not fit, whether it fits any node, and why', () => {
  const workloads: CapacityWorkload[] = [
    { template: template('many'), pods: 7, surge: 2 },
    { template: template('huge', { requests: { cpu: 64 } }), pods: 1 },
  ];
  const report = planCapacity([pool('a', 2)], workloads, { prices });
  expect(report.misfits).toEqual([
    {
      workload: 'Deployment studio/huge',
      waiting: 1,
      pods: 1,
      fitsNoNode: true,
      message: '0/2 nodes are available: 2 Insufficient cpu.',
    },
    {
      workload: 'Deployment studio/many',
      waiting: 1,
      pods: 9,
      fitsNoNode: false,
      message: '0/2 nodes are available: 2 Insufficient cpu.',
    },
  ]);
  expect(capacityText(report)).toContain('Deployment studio/many: 1 of 9 pods. 0/2 nodes are available');
  expect(capacityText(report)).toContain('1.00 EUR for the nodes that are needed');
});

test('pods of the same workload that may not share a node need one each', () => {
  const lone = template('lone', {
    podAntiAffinity: [{ topologyKey: 'kubernetes.io/hostname', selector: ofApp('lone') }],
  });
  const { pools } = planCapacity(
    [pool('a', 9, { nodes: { min: 0, max: 9 } })],
    [{ template: lone, pods: 5 }],
  );
  expect(pools[0]?.nodes.needed).toBe(5);
});

test('fails with a line for each number that is none', () => {
  const pools = [
    pool('a', 1, { allocatable: { cpu: -1, memory: Number.NaN } }),
    pool('b', 1, { nodes: { min: 3, max: 2 } }),
  ];
  const workloads = [{ template: template('it', { requests: { cpu: Number.NaN } }), pods: 1.5, surge: -1 }];
  const lines = capacityProblems(pools, workloads, { ...prices, prices: { a: -2 } }).map(formatProblem);
  expect(lines).toEqual([
    'node pool a: allocatable.cpu must be 0 or more, got -1. Correct the node pool.',
    'node pool a: allocatable.memory must be 0 or more, got NaN. Correct the node pool.',
    'node pool b: nodes.max must be a whole number of 3 or more, got 2. Correct the node pool.',
    'Deployment studio/it: requests.cpu must be 0 or more, got NaN. Correct the manifest.',
    'Deployment studio/it: pods must be a whole number of 0 or more, got 1.5. Correct the manifest.',
    'Deployment studio/it: pods of a rolling update must be a whole number of 0 or more, got -1. Correct the manifest.',
    'prices.a must be 0 or more, got -2. Correct the list of prices.',
  ]);
  expect(capacityProblems([], []).map(formatProblem)).toEqual([
    'nodePools must be one node pool or more, got none. Describe the nodes that the pods run on.',
  ]);
  expect(GIB).toBe(1024 ** 3);
});
