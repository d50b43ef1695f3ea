import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CapacityPool,
  type CapacityWorkload,
  nodesOf,
  pack,
  podsOf,
  STRATEGIES,
} from '../../../lib/plan';
import { GIB, ofApp, pool, template } from './given';

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

function packed(pools: readonly CapacityPool[], workloads: readonly CapacityWorkload[], options = {}) {
  const nodes = pools.flatMap((it) => nodesOf(it, it.nodes.max));
  const pods = workloads.flatMap((it) => podsOf(it, nodes));
  const { placed, pending, pushedOut } = pack(nodes, pods, options);
  const on = (node: string) => [...placed].filter(([, it]) => it === node).map(([name]) => name);
  return { placed, pushedOut, on, messages: [...new Set(pending.map(({ message }) => message))], pending };
}

describe('pods that no node takes are told in the words of the scheduler', () => {
  const two = [pool('a', 4), pool('b', 8, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] })];
  const cases: [string, CapacityWorkload, string][] = [
    [
      'cpu, and a taint',
      { template: template('big', { requests: { cpu: 9 } }), pods: 1 },
      '0/12 nodes are available: 4 Insufficient cpu, 8 node(s) had untolerated taint(s).',
    ],
    [
      'cpu and memory of the same nodes',
      {
        template: template('big', {
          requests: { cpu: 9, memory: 99 * GIB },
          tolerations: [{ operator: 'Exists' }],
        }),
        pods: 1,
      },
      '0/12 nodes are available: 12 Insufficient cpu, 12 Insufficient memory.',
    ],
    [
      'a node selector',
      { template: template('lost', { nodeSelector: { pool: 'c' } }), pods: 1 },
      "0/12 nodes are available: 4 node(s) didn't match Pod's node affinity/selector, 8 node(s) had untolerated taint(s).",
    ],
    [
      'an extended resource',
      { template: template('gpu', { requests: { 'nvidia.com/gpu': 1 } }), pods: 1 },
      '0/12 nodes are available: 4 Insufficient nvidia.com/gpu, 8 node(s) had untolerated taint(s).',
    ],
    [
      'ports of the node',
      { template: template('port', { hostPorts: [{ port: 80 }] }), pods: 5 },
      "0/12 nodes are available: 4 node(s) didn't have free ports for the requested pod ports, 8 node(s) had untolerated taint(s).",
    ],
    [
      'anti-affinity',
      {
        template: template('lone', { podAntiAffinity: [{ topologyKey: HOSTNAME, selector: ofApp('lone') }] }),
        pods: 5,
      },
      "0/12 nodes are available: 4 node(s) didn't match pod anti-affinity rules, 8 node(s) had untolerated taint(s).",
    ],
    [
      'a spread over zones that no node has',
      {
        template: template('even', {
          spread: [
            { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', selector: ofApp('even') },
          ],
        }),
        pods: 1,
      },
      "0/12 nodes are available: 4 node(s) didn't match pod topology spread constraints (missing required label), 8 node(s) had untolerated taint(s).",
    ],
  ];
  test.each(cases)('%s', (_, workload, message) => {
    expect(packed(two, [workload]).messages).toEqual([message]);
  });

  test('too many pods', () => {
    const small = pool('a', 2, { allocatable: { cpu: 4, memory: GIB, pods: 3 } });
    const { messages, placed } = packed([small], [{ template: template('tiny', { requests: {} }), pods: 7 }]);
    expect(placed.size).toBe(6);
    expect(messages).toEqual(['0/2 nodes are available: 2 Too many pods.']);
  });
});

test('amounts that are fractions of a core fill a node exactly', () => {
  const tenths = { template: template('tenth', { requests: { cpu: 0.1 } }), pods: 41 };
  expect(packed([pool('a', 1)], [tenths]).placed.size).toBe(40);
});

test('a spread over zones keeps to the skew, and a pod that waits comes when the others allow it', () => {
  const zoned = pool('a', 3, { zones: ['x', 'y', 'z'] });
  const even = template('even', {
    requests: { cpu: 1 },
    spread: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', selector: ofApp('even') }],
  });
  const { on, placed } = packed([zoned], [{ template: even, pods: 9 }]);
  expect(placed.size).toBe(9);
  expect(['a-0', 'a-1', 'a-2'].map((node) => on(node).length)).toEqual([3, 3, 3]);
});

test('pods stand beside those that they name, whichever comes first', () => {
  const near = template('near', { podAffinity: [{ topologyKey: HOSTNAME, selector: ofApp('main') }] });
  const { placed } = packed(
    [pool('a', 3)],
    [
      { template: near, pods: 2 },
      { template: template('main'), pods: 1 },
    ],
  );
  expect(new Set(placed.values()).size).toBe(1);
  expect(placed.size).toBe(3);
});

describe('priorities', () => {
  const low = { template: template('low', { priority: -5, requests: { cpu: 2 } }), pods: 2 };

  test('a pod of a rolling update pushes out the least, and the rest stays', () => {
    const high = { template: template('high', { priority: 10, requests: { cpu: 1 } }), pods: 0, surge: 1 };
    const { on, pushedOut, messages } = packed([pool('a', 1)], [low, high]);
    expect(on('a-0')).toHaveLength(2);
    expect(pushedOut).toHaveLength(1);
    expect(messages).toEqual(['0/1 nodes are available: 1 Insufficient cpu.']);
  });

  test('nobody is pushed out by a pod that does not want it, or for an option', () => {
    const patient = { template: template('patient', { priority: 10, preempts: false }), pods: 0, surge: 1 };
    expect(packed([pool('a', 1)], [low, patient]).pushedOut).toEqual([]);
    const high = { template: template('high', { priority: 10 }), pods: 0, surge: 1 };
    expect(packed([pool('a', 1)], [low, high], { preempts: false }).pushedOut).toEqual([]);
  });

  test('those of the lowest priority come last', () => {
    const many = { template: template('many'), pods: 4 };
    const { pending } = packed([pool('a', 1)], [low, many]);
    expect(pending.map(({ pod }) => pod.template.workload)).toEqual(Array(2).fill('Deployment studio/low'));
  });
});

test('most allocated fills a node before the next, least allocated spreads', () => {
  const pods = { template: template('it'), pods: 4 };
  const nodesUsed = (strategy: string) =>
    new Set(packed([pool('a', 4)], [pods], { strategy }).placed.values()).size;
  expect(nodesUsed('MostAllocated')).toBe(1);
  expect(nodesUsed('LeastAllocated')).toBe(4);
});

test('the placement score takes the type on which the mix of resources weighs least', () => {
  const pools = [
    pool('cpus', 2, { allocatable: { cpu: 8, memory: 8 * GIB } }),
    pool('bytes', 2, { allocatable: { cpu: 4, memory: 32 * GIB } }),
  ];
  const on = (requests: Record<string, number>) => [
    ...packed(pools, [{ template: template('it', { requests }), pods: 1 }], {
      strategy: 'PlacementScore',
    }).placed.values(),
  ];
  expect(on({ cpu: 2, memory: GIB })).toEqual(['cpus-0']);
  expect(on({ cpu: 0.1, memory: 4 * GIB })).toEqual(['bytes-0']);
});

test('whatever is packed, no node gives more than it has, and every pod is placed or waits', () => {
  const amounts = fc.record({
    cpu: fc.double({ min: 0, max: 3, noNaN: true }),
    memory: fc.integer({ min: 0, max: 8 * GIB }),
  });
  const workloads = fc.array(
    fc.record({
      requests: amounts,
      pods: fc.integer({ min: 0, max: 12 }),
      surge: fc.integer({ min: 0, max: 4 }),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(
      workloads,
      fc.constantFrom(...STRATEGIES),
      fc.integer({ min: 1, max: 5 }),
      (given, strategy, count) => {
        const pools = [pool('a', count), pool('b', 1, { allocatable: { cpu: 2, memory: 4 * GIB, pods: 3 } })];
        const made = given.map(({ requests, priority, ...rest }, index) => ({
          template: template(`app-${index}`, { requests, priority }),
          ...rest,
        }));
        const nodes = pools.flatMap((it) => nodesOf(it, it.nodes.max));
        const pods = made.flatMap((it) => podsOf(it, nodes));
        const { placed, pending } = pack(nodes, pods, { strategy });
        expect([...placed.keys(), ...pending.map(({ pod }) => pod.name)].sort()).toEqual(
          pods.map(({ name }) => name).sort(),
        );
        for (const { name, allocatable } of nodes) {
          const there = pods.filter((pod) => placed.get(pod.name) === name);
          const sum = (resource: string) =>
            there.reduce((all, it) => all + (it.template.requests[resource] ?? 0), 0);
          expect(sum('cpu')).toBeLessThanOrEqual((allocatable.cpu ?? 0) + 1e-9);
          expect(sum('memory')).toBeLessThanOrEqual(allocatable.memory ?? 0);
          expect(there.length).toBeLessThanOrEqual(allocatable.pods ?? 110);
        }
      },
    ),
    { numRuns: 150 },
  );
});
