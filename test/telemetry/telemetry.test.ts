import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { EnvValue, Secret } from 'cdk8s-plus-27';
import {
  Environment,
  GoApp,
  NetworkAccess,
  ShardedWorker,
  Source,
  type TelemetryProps,
  WebService,
  Worker,
  WorkerJob,
  type WorkerProps,
} from '../../lib';
import { runContract } from '../../lib/run/contract';
import {
  documentsOf,
  exampleApp,
  exampleChart,
  exampleProps,
  exampleWorker,
  find,
} from '../worker/example-worker';

const telemetry: TelemetryProps = {
  collector: {
    url: 'http://collector.observability.svc:4318',
    at: { pods: { app: 'collector' }, namespace: { 'kubernetes.io/metadata.name': 'observability' } },
  },
};

function problemsOf(props: Partial<WorkerProps>): string[] {
  return exampleWorker(exampleChart(), props).node.validate();
}

describe('telemetry', () => {
  test('is in the contract, with what the pods do not know of themselves', () => {
    const environment = new Environment(exampleApp(), 'staging', { namespace: 'studio' });
    const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
    const { contract } = exampleWorker(chart, {
      telemetry: { ...telemetry, sampleRatio: 0.1, propagators: ['b3', 'tracecontext'] },
    });
    expect(contract.telemetry).toEqual({
      otlp: { endpoint: 'http://collector.observability.svc:4318' },
      sampleRatio: 0.1,
      propagators: ['b3', 'tracecontext'],
      resource: { 'deployment.environment.name': 'staging', 'k8s.namespace.name': 'studio' },
    });
  });

  test('keeps every new trace unless the program says otherwise', () => {
    expect(exampleWorker(exampleChart(), { telemetry }).contract.telemetry?.sampleRatio).toBe(1);
  });

  test('opens the way to the collector, and to its pods where a Service leads to another port', () => {
    const chart = exampleChart();
    exampleWorker(chart, { telemetry: { collector: { ...telemetry.collector, podPort: 14318 } } });
    const { spec } = find(documentsOf(chart), 'NetworkPolicy');
    expect(spec.egress).toContainEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } },
          podSelector: { matchLabels: { app: 'collector' } },
        },
      ],
      ports: [{ port: 14318, protocol: 'TCP' }],
    });
  });

  test('opens the policy of a collector that stands in the same program', () => {
    const chart = exampleChart();
    const at = new NetworkAccess(chart, 'collector', { pods: { app: 'collector' } });
    exampleWorker(chart, { telemetry: { collector: { url: 'http://collector:4318', at } } });
    const { spec } = find(documentsOf(chart), 'NetworkPolicy', 'collector');
    expect(spec.ingress).toEqual([
      {
        from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'develop' } } }],
        ports: [{ port: 4318, protocol: 'TCP' }],
      },
    ]);
  });

  test('takes headers from a Secret', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Token', 'collector-token');
    const headers = EnvValue.fromSecretValue({ secret, key: 'headers' });
    exampleWorker(chart, { telemetry: { collector: { ...telemetry.collector, headers } } });
    const [container] = find(documentsOf(chart), 'Deployment').spec.template.spec.containers;
    expect(container.env).toContainEqual({
      name: 'OTEL_EXPORTER_OTLP_HEADERS',
      valueFrom: { secretKeyRef: { name: 'collector-token', key: 'headers' } },
    });
  });

  test('takes the authority of the collector and a certificate of its own from a Secret', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Tls', 'collector-tls');
    const collector = {
      ...telemetry.collector,
      url: 'https://collector.observability.svc:4318',
      tls: { secret, ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' },
    };
    const app = GoApp.fromDirectory('apps/upload', { kind: 'service' });
    const request = {
      cpuTime: Duration.millis(4),
      duration: { mean: Duration.millis(20), max: Duration.seconds(5) },
      memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(1) },
    };
    const scale = { min: 2, max: 4 };
    const service = new WebService(chart, 'upload', {
      app,
      request,
      concurrency: 4,
      scale,
      telemetry: { collector },
    });
    const { contract } = exampleWorker(chart, { telemetry: { collector } });
    const folder = '/etc/capstan-access/telemetry';
    const tls = {
      caFile: `${folder}/ca.crt`,
      certFile: `${folder}/tls.crt`,
      keyFile: `${folder}/tls.key`,
    };
    for (const found of [contract, service.contract]) expect(found.telemetry?.otlp).toMatchObject({ tls });
    for (const name of ['develop', 'upload']) {
      const { spec } = find(documentsOf(chart), 'Deployment', name).spec.template;
      expect(spec.containers[0].volumeMounts).toContainEqual({
        mountPath: folder,
        name: 'access-telemetry',
        readOnly: true,
      });
      expect(spec.volumes).toContainEqual({
        name: 'access-telemetry',
        secret: {
          secretName: 'collector-tls',
          items: ['ca.crt', 'tls.crt', 'tls.key'].map((key) => ({ key, path: key })),
        },
      });
    }
  });

  test.each([
    [
      { url: 'http://collector:4318', tls: {} },
      /telemetry\.collector\.tls must be left out with a URL that does not begin with https:\/\//,
    ],
    [
      { url: 'https://collector:4318', tls: { ca: 'ca.crt' } },
      /telemetry\.collector\.tls\.secret must be given with ca, which is a key of it, got none/,
    ],
  ])('fails with certificates that do not fit: %j', (given, line) => {
    const collector = { ...telemetry.collector, ...given };
    expect(problemsOf({ telemetry: { collector } })).toEqual([expect.stringMatching(line)]);
  });

  test('of the environment is that of every workload which says nothing else', () => {
    const environment = new Environment(exampleApp(), 'dev', { telemetry });
    const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
    const { autoscaled, ...pods } = { ...exampleProps, autoscaled: exampleProps.scale };
    const { scale: _, ...job } = pods;
    const app = GoApp.fromDirectory('apps/upload', { kind: 'service' });
    const request = {
      cpuTime: Duration.millis(4),
      duration: { mean: Duration.millis(20), max: Duration.seconds(5) },
      memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(1) },
    };
    const contracts = [
      exampleWorker(chart).contract,
      new WorkerJob(chart, 'once', job).contract,
      new WebService(chart, 'upload', { app, request, concurrency: 4, scale: { min: 2, max: 4 } }).contract,
      ...new ShardedWorker(chart, 'shards', { ...job, source: Source.memory(), shards: 2 }).contracts,
    ];
    expect(autoscaled).toBeDefined();
    for (const { telemetry: found } of contracts) expect(found?.otlp.endpoint).toBe(telemetry.collector.url);
    expect(exampleWorker(chart, { telemetry: 'none' }, 'quiet').contract).not.toHaveProperty('telemetry');
  });

  test('is not made by a run on a laptop, where the collector is not', () => {
    const { contract, plan } = exampleWorker(exampleChart(), { telemetry });
    const worker = { contract, plan } as Parameters<typeof runContract>[0];
    const places = { input: '/in', output: '/out', state: '/state', report: '/report' };
    expect(runContract(worker, plan, { kind: 'intake' } as never, places)).not.toHaveProperty('telemetry');
  });

  test.each<[string, TelemetryProps, RegExp]>([
    [
      'a URL with the path',
      { collector: { ...telemetry.collector, url: 'http://c:4318/v1/traces' } },
      /^telemetry\.collector\.url must be a URL .* got "http:\/\/c:4318\/v1\/traces"/,
    ],
    [
      'the port of gRPC without a scheme',
      { collector: { ...telemetry.collector, url: 'collector:4317' } },
      /^telemetry\.collector\.url must be a URL/,
    ],
    ['a ratio in percent', { ...telemetry, sampleRatio: 10 }, /^telemetry\.sampleRatio must be .* got 10/],
    ['no form', { ...telemetry, propagators: [] }, /^telemetry\.propagators must list one or more/],
    [
      'a form twice',
      { ...telemetry, propagators: ['b3', 'b3'] },
      /^telemetry\.propagators must list .* each once, got "b3, b3"/,
    ],
    [
      'a token that is written down',
      { collector: { ...telemetry.collector, headers: EnvValue.fromValue('a=b') } },
      /^telemetry\.collector\.headers must come from a Secret/,
    ],
  ])('fails with %s', (_, given, line) => {
    expect(problemsOf({ telemetry: given })).toEqual([expect.stringMatching(line)]);
    const environment = new Environment(exampleApp(), 'dev', { telemetry: given });
    expect(environment.node.validate()).toEqual([expect.stringMatching(line)]);
    const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
    expect(new Worker(chart, 'develop', exampleProps).node.validate()).toEqual([]);
  });
});
