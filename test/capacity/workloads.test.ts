import { describe, expect, test } from '@jest/globals';
import { capacityWorkloads } from '../../lib/capacity/workloads';
import type { Fields } from '../../lib/plan/fields';

const GIB = 2 ** 30;

function document(kind: string, spec: Fields, pod: Fields, name = 'it'): Fields {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main' }], ...pod } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'studio' },
    spec: { selector: { matchLabels: { app: name } }, ...spec, template },
  };
}

function only(documents: readonly Fields[]) {
  const [first] = capacityWorkloads(documents);
  if (first === undefined) throw new RangeError('no workload');
  return first;
}

describe('how many pods there are at most', () => {
  const scaler = {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'it', namespace: 'studio' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'it' }, maxReplicas: 10 },
  };

  test.each<[string, readonly Fields[], number | 'each-node', number]>([
    ['a Deployment, with what a rolling update adds', [document('Deployment', { replicas: 3 }, {})], 3, 1],
    ['one that an autoscaler scales', [document('Deployment', {}, {}), scaler], 10, 3],
    [
      'one that is recreated',
      [document('Deployment', { replicas: 3, strategy: { type: 'Recreate' } }, {})],
      3,
      0,
    ],
    ['a StatefulSet', [document('StatefulSet', { replicas: 3 }, {})], 3, 0],
    ['a DaemonSet', [document('DaemonSet', {}, {})], 'each-node', 0],
    ['a Job, at the same time', [document('Job', { parallelism: 4, completions: 2 }, {})], 2, 0],
  ])('%s', (_, documents, pods, surge) => {
    const { pods: found, surge: added = 0 } = only(documents);
    expect([found, added]).toEqual([pods, surge]);
  });
});

test('a pod asks for what its containers, sidecars and runtime ask for, with the defaults of its namespace', () => {
  const documents = [
    document(
      'StatefulSet',
      {},
      {
        runtimeClassName: 'gvisor',
        initContainers: [
          { name: 'before', resources: { requests: { cpu: '3' } } },
          { name: 'beside', restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } },
        ],
        containers: [
          { name: 'main', resources: { requests: { cpu: '1', 'nvidia.com/gpu': '1' } } },
          { name: 'limited', resources: { limits: { cpu: '250m' } } },
        ],
      },
    ),
    { kind: 'RuntimeClass', metadata: { name: 'gvisor' }, overhead: { podFixed: { cpu: '100m' } } },
    {
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace: 'studio' },
      spec: { limits: [{ type: 'Container', defaultRequest: { memory: '1Gi' } }] },
    },
  ];
  const { requests } = only(documents).template;
  expect(requests).toEqual({ cpu: 3.1, memory: 3 * GIB, 'nvidia.com/gpu': 1 });
});

test('priorities come from the class that pods name, or from the default one', () => {
  const classes = [
    { kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' },
    { kind: 'PriorityClass', metadata: { name: 'usual' }, value: 7, globalDefault: true },
  ];
  const of = (pod: Fields) => {
    const { priority, preempts } = only([document('Job', {}, pod), ...classes]).template;
    return [priority, preempts];
  };
  expect(of({})).toEqual([7, true]);
  expect(of({ priorityClassName: 'high' })).toEqual([1000, false]);
  expect(of({ priorityClassName: 'system-node-critical' })).toEqual([2_000_001_000, true]);
});

test('pods before and after a change are told apart where a constraint asks for it', () => {
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'it' } },
    matchLabelKeys: ['pod-template-hash'],
  };
  const { template, surgeTemplate } = only([
    document('Deployment', { replicas: 2 }, { topologySpreadConstraints: [spread] }),
  ]);
  const key = 'pod-template-hash';
  const of = (revision: string) => ({ key, operator: 'In', values: [revision] });
  expect(template.spread?.[0]?.selector).toContainEqual(of('before'));
  expect(surgeTemplate?.spread?.[0]?.selector).toContainEqual(of('after'));
});

test('terms mean the namespaces that they name or select, or their own', () => {
  const term = (more: Fields) => ({
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { app: 'other' } },
    ...more,
  });
  const namespacesOf = (more: Fields) => {
    const required = { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] };
    const documents = [
      document('Job', {}, { affinity: { podAntiAffinity: required } }),
      { kind: 'Namespace', metadata: { name: 'office', labels: { team: 'red' } } },
    ];
    return only(documents).template.podAntiAffinity?.[0]?.namespaces;
  };
  expect(namespacesOf({})).toEqual(['studio']);
  expect(namespacesOf({ namespaces: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(namespacesOf({ namespaceSelector: {} })).toEqual('all');
  expect(namespacesOf({ namespaceSelector: { matchLabels: { team: 'red' } } })).toEqual(['office']);
});

test('a pod on the network of its node takes its ports', () => {
  const ports = [
    { containerPort: 9100 },
    { containerPort: 80, hostPort: 8080, protocol: 'UDP', hostIP: '10.0.0.1' },
  ];
  const of = (hostNetwork: boolean) =>
    only([document('DaemonSet', {}, { hostNetwork, containers: [{ ports }] })]);
  expect(of(true).template.hostPorts?.map(({ port }) => port)).toEqual([9100, 8080]);
  expect(of(false).template.hostPorts).toEqual([{ port: 8080, protocol: 'UDP', address: '10.0.0.1' }]);
});
