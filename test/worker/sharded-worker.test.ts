import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Chart, Size } from 'cdk8s';
import { EnvValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ShardedWorker, type ShardedWorkerProps, Source, SpecError } from '../../lib';
import { type Document, documentsOf, exampleApp, exampleChart, exampleProps, find } from './example-worker';
import { restrictedViolations } from './pod-security';

const schema = JSON.parse(readFileSync(join(__dirname, '../../contract/worker.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

const { scale: _, source: __, ...pod } = exampleProps;
const orders = (shard: number) =>
  Source.jetStream({
    servers: ['nats:4222'],
    at: { cidr: '203.0.113.0/24' },
    stream: 'orders',
    consumer: `ledger-${shard}`,
    subjects: [`orders.${shard}.>`],
  });

function ledger(scope: Construct, props: Partial<ShardedWorkerProps> = {}): ShardedWorker {
  return new ShardedWorker(scope, 'ledger', { ...pod, shards: 3, source: orders, ...props });
}

function documents(props: Partial<ShardedWorkerProps> = {}): Document[] {
  const chart = exampleChart();
  ledger(chart, props);
  return documentsOf(chart);
}

function linesOf(props: Partial<ShardedWorkerProps>): string[] {
  const app = exampleApp();
  ledger(new Chart(app, 'darkroom', { namespace: 'darkroom' }), props);
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split('\n');
  }
}

/** The value of a variable as a pod sees it, as the kubelet expands references to variables before it. */
function variable(container: Document, name: string, podLabels: Record<string, string>): string {
  const known = new Map<string, string>();
  for (const { name: key, value, valueFrom } of container.env) {
    const label = /^metadata\.labels\['(.*)'\]$/.exec(valueFrom?.fieldRef?.fieldPath ?? '')?.[1] ?? '';
    const text: string = value ?? podLabels[label] ?? '';
    known.set(
      key,
      text.replace(/\$\(([A-Z_]+)\)/g, (all, other) => known.get(other) ?? all),
    );
  }
  return known.get(name) ?? '';
}

describe('a worker in shards', () => {
  const all = documents();
  const { spec, metadata } = find(all, 'StatefulSet');
  const [container] = spec.template.spec.containers;

  test('has a fixed number of pods, and nothing that scales them', () => {
    expect(spec.replicas).toBe(3);
    expect(spec.podManagementPolicy).toBe('Parallel');
    expect(all.filter((it) => /Autoscaler|ScaledObject|Deployment/.test(it.kind))).toEqual([]);
    expect(find(all, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  test('gives each pod the configuration of its shard', () => {
    const { data } = find(all, 'ConfigMap');
    for (const shard of [0, 1, 2]) {
      const path = variable(container, 'CAPSTAN_CONFIG', { 'apps.kubernetes.io/pod-index': String(shard) });
      const mount = container.volumeMounts.find((it: Document) => path.startsWith(`${it.mountPath}/`));
      const contract = JSON.parse(data[path.slice(mount.mountPath.length + 1)]);
      validate(contract);
      expect(validate.errors ?? []).toEqual([]);
      expect(contract.source.jetstream).toMatchObject({
        consumer: `ledger-${shard}`,
        subjects: [`orders.${shard}.>`],
      });
    }
    expect(Object.keys(data)).toHaveLength(3);
  });

  test('calls its broker once for all shards', () => {
    const [, ...rules] = find(all, 'NetworkPolicy').spec.egress;
    expect(rules).toHaveLength(1);
  });

  test('is clean under Pod Security restricted, and every selector selects its pods', () => {
    expect(restrictedViolations(spec.template.spec)).toEqual([]);
    const selectors = [
      spec.selector.matchLabels,
      find(all, 'PodDisruptionBudget').spec.selector.matchLabels,
      find(all, 'NetworkPolicy').spec.podSelector.matchLabels,
      ...all.filter((it) => it.kind === 'Service').map((it) => it.spec.selector),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector)).toEqual(['app.kubernetes.io/instance']);
      expect(spec.template.metadata.labels).toMatchObject(selector);
    }
  });

  test('has a headless Service that gives each pod its name', () => {
    const service = find(all, 'Service', spec.serviceName);
    expect(service.spec.clusterIP).toBe('None');
    expect(service.metadata.name).toBe(metadata.name);
  });

  test('is written the same wherever it stands in the tree', () => {
    const chart = new Chart(exampleApp(), 'elsewhere', { namespace: 'darkroom' });
    ledger(new Construct(new Construct(chart, 'deep'), 'deeper'));
    expect(documentsOf(chart)).toEqual(all);
  });

  test('keeps what each shard writes, in a volume of its own', () => {
    const claims = { state: { size: Size.gibibytes(2), path: '/state' } };
    const set = find(documents({ claims, podManagement: 'ordered' }), 'StatefulSet').spec;
    expect(set.volumeClaimTemplates).toMatchObject([
      {
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'state' },
        spec: { resources: { requests: { storage: '2Gi' } } },
      },
    ]);
    expect(set.template.spec.containers[0].volumeMounts).toContainEqual({
      mountPath: '/state',
      name: 'state',
    });
    expect(set.template.spec.volumes.map((it: Document) => it.name)).toEqual(['config', 'scratch']);
    expect(set.podManagementPolicy).toBe('OrderedReady');
  });

  test('takes tasks at the name of each pod when they are pushed', () => {
    const pushed = documents({ source: Source.memory({ capacity: 5000 }) });
    const service = find(pushed, 'Service', 'ledger').spec;
    expect(service.ports).toEqual([{ name: 'intake', port: 8080, targetPort: 'intake' }]);
    const { ports } = find(pushed, 'StatefulSet').spec.template.spec.containers[0];
    expect(ports.map((port: Document) => port.name)).toEqual(['metrics', 'intake']);
  });
});

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<[string, Partial<ShardedWorkerProps>, RegExp]>([
    ['without shards', { shards: 0 }, /shards must be a whole number of 1 or more, got 0\. /],
    [
      'with more shards than a ConfigMap describes',
      { shards: 1001 },
      /shards must be 1000 or fewer, got 1001\. /,
    ],
    [
      'with one source for all shards',
      { source: orders(0) },
      /source must be a part of its own for each shard, got one jetstream source for all\. Give a function: /,
    ],
    [
      'with sources of several kinds',
      { source: (shard) => (shard === 0 ? Source.memory() : orders(shard)) },
      /source must be of one kind for all shards, got memory and jetstream\. /,
    ],
    [
      'with a mistake in every source, once',
      {
        source: () =>
          Source.jetStream({ servers: ['nats'], at: { cidr: '::/0' }, stream: 's', consumer: 'c' }),
      },
      /source\.servers\[0\] must be host:port/,
    ],
    [
      'with a claim of a strange name',
      { claims: { State: { size: Size.gibibytes(1), path: '/s' } } },
      /claims\["State"\] must have a name/,
    ],
    [
      'with the variable of its shard',
      { env: { CAPSTAN_SHARD: EnvValue.fromValue('1') } },
      /env\.CAPSTAN_SHARD must be left to the plan/,
    ],
  ])('%s', (_name, props, line) => {
    const lines = linesOf(props);
    expect(lines.filter((it) => line.test(it))).toHaveLength(1);
    for (const it of lines) expect(it).toMatch(/^darkroom\/ledger: /);
  });
});
