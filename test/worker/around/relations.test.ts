import { describe, expect, test } from '@jest/globals';
import { Chart, Helm, Include, Size } from 'cdk8s';
import { Deployment, Secret } from 'cdk8s-plus-27';
import {
  type CapstanApp,
  Environment,
  PostgresServer,
  refine,
  remove,
  set,
  Worker,
  type WorkerAround,
} from '../../../lib';
import { foundProgram } from '../../found-program';
import { manifestsIn } from '../../synth/manifests-in';
import { temporaryFolder } from '../../temporary-folder';
import { exampleApp, exampleChart, find } from '../example-worker';
import { aroundProps } from './around-props';
import { manifest, type Said, surround, synth, written } from './example-around';
import { manifestFile } from './manifest-file';

const { scale } = aroundProps;

/** The container of a surrounded Deployment, as it is written. */
function containerOf(said: Said, props = {}) {
  const surrounded = surround(said, props);
  expect(surrounded.lines).toEqual([]);
  return { surrounded, container: written(surrounded).spec.template.spec.containers[0] };
}

function envOf(said: Said, props = {}): unknown[] {
  return containerOf(said, props).container.env;
}

describe('what the manifest says', () => {
  test('decides the plan', () => {
    const said: Said = {
      spec: { strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } }, minReadySeconds: 20 },
      pod: { terminationGracePeriodSeconds: 90 },
      container: {
        resources: { requests: { cpu: '1500m', memory: '512Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      },
    };
    const { surrounded } = containerOf(said);
    const { figures } = surrounded.around.plan;
    expect(figures.cpuRequest.value).toBe(1.5);
    expect(figures.cpuLimit?.value).toBe(2);
    expect(figures.memoryRequest.value).toBe(512 * 2 ** 20);
    expect(figures.memoryLimit.value).toBe(2 ** 30);
    expect(figures.gracePeriod.value).toBe(90);
    expect(figures.maxSurge.value).toBe(5);
    expect(figures.minReadySeconds.value).toBe(20);
    expect(figures.memoryLimit.reason).toBe('1,024 MiB, given as resources.limits.memory of the manifest');
  });

  test('counts for what the API server makes of it: a limit alone is the request as well', () => {
    const { surrounded, container } = containerOf({
      container: { resources: { limits: { cpu: '2', memory: '1Gi' } } },
    });
    expect(container.resources).toEqual({
      limits: { cpu: '2', memory: '1Gi' },
      requests: { cpu: '2', memory: '1Gi' },
    });
    expect(surrounded.around.plan.figures.cpuRequest.value).toBe(2);
  });

  test('counts where it asks for CPU and leaves the limit out: it gets none', () => {
    const { container } = containerOf({ container: { resources: { requests: { cpu: '1500m' } } } });
    expect(container.resources.limits).toEqual({ memory: '294Mi' });
    expect(container.env).toContainEqual({ name: 'GOMAXPROCS', value: '2' });
  });

  test('a preStop hook that sleeps is part of the shutdown budget', () => {
    const hooks = [
      { sleep: { seconds: 12 } },
      { exec: { command: ['sleep', '12'] } },
      { exec: { command: ['/bin/sh', '-c', 'nginx -s quit; sleep 12'] } },
    ];
    for (const preStop of hooks) {
      const { surrounded } = containerOf({ container: { lifecycle: { preStop } } });
      expect(surrounded.around.plan.figures.lameDuck.value).toBe(12);
      expect(written(surrounded).spec.template.spec.terminationGracePeriodSeconds).toBe(35);
    }
  });

  test('a grace period that is long enough by default stays', () => {
    expect(written(surround()).spec.template.spec.terminationGracePeriodSeconds).toBe(30);
  });

  test('pods that may be missing in a rolling update count for its peak', () => {
    const peakOf = (rollingUpdate: object) => {
      const spec = { strategy: { rollingUpdate }, minReadySeconds: 30 };
      const { surrounded } = containerOf({ spec });
      expect(written(surrounded).spec.strategy.rollingUpdate).toEqual(rollingUpdate);
      return surrounded.around.plan.figures.peakPodsRollingUpdate.value;
    };
    expect(peakOf({ maxSurge: '10%', maxUnavailable: 0 })).toBe(10 + 1 + 2 * 1);
    expect(peakOf({ maxSurge: '10%', maxUnavailable: '25%' })).toBe(10 + 1 + 2 * 3);
    expect(peakOf({ maxSurge: 0, maxUnavailable: 2 })).toBe(10 + 2 * 2);
  });

  test('Recreate stays', () => {
    const { surrounded } = containerOf({ spec: { strategy: { type: 'Recreate' } } });
    expect(written(surrounded).spec.strategy).toEqual({ type: 'Recreate' });
    expect(surrounded.around.plan.figures.maxSurge.value).toBe(0);
  });
});

describe('variables', () => {
  test('are added behind those that are there', () => {
    const env = [{ name: 'MODE', value: 'fast' }];
    expect(envOf({ container: { env } })).toEqual([
      { name: 'MODE', value: 'fast' },
      { name: 'POOL_SIZE', value: '4' },
      { name: 'GOMEMLIMIT', value: '277453209' },
    ]);
  });

  test('stay as they are written where they agree', () => {
    const env = [
      { name: 'GOMEMLIMIT', value: '264MiB' },
      { name: 'GOMAXPROCS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'POOL_SIZE', value: '4' },
    ];
    expect(envOf({ container: { env } })).toEqual(env);
  });

  test('of a ConfigMap of the program count', () => {
    const envFrom = [{ prefix: 'POOL_', configMapRef: { name: 'settings' } }];
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { SIZE: '4' },
    };
    const surrounded = surround({ container: { envFrom } }, {}, [settings]);
    expect(surrounded.lines).toEqual([]);
    const [container] = written(surrounded).spec.template.spec.containers;
    expect(container.env).toEqual([{ name: 'GOMEMLIMIT', value: '277453209' }]);
  });

  test('of the Go runtime are left alone around another program', () => {
    const env = [{ name: 'GOMAXPROCS', value: '99' }];
    const other = { runtime: 'other', concurrency: { bound: 4 } };
    expect(envOf({ container: { env } }, other)).toEqual(env);
  });

  test('are not needed where an argument tells the bound', () => {
    const argument = { concurrency: { bound: 4, argument: '-w' }, runtime: 'other' };
    for (const args of [['-w', '4'], ['-w=4'], ['-w=9', 'x', '-w', '4']]) {
      expect(containerOf({ container: { args } }, argument).container.args).toEqual(args);
    }
  });
});

describe('the autoscaler', () => {
  test('goes by the signals in a fixed order', () => {
    const { metrics, scaleTargetRef } = find(surround().documents, 'HorizontalPodAutoscaler').spec;
    expect(scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'legacy' });
    expect(metrics.map((it: { type: string }) => it.type)).toEqual(['Pods', 'External']);
    expect(metrics[0].pods.target.averageValue).toBe('2800m');
  });

  test('takes a share as it is', () => {
    const signals = { busy: { metric: 'pool_load', is: 'share' as const, labels: { pool: 'main' } } };
    const { metrics } = find(surround({}, { signals }).documents, 'HorizontalPodAutoscaler').spec;
    expect(metrics).toEqual([
      {
        type: 'Pods',
        pods: {
          metric: { name: 'pool_load', selector: { matchLabels: { pool: 'main' } } },
          target: { type: 'AverageValue', averageValue: '700m' },
        },
      },
    ]);
  });

  test("is KEDA's where the environment says so", () => {
    const environment = new Environment(exampleApp(), 'staging', {
      externalMetrics: 'keda',
      prometheus: { address: 'http://prometheus:9090' },
      podSecurity: 'privileged',
    });
    const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
    const around = Worker.around(new Include(chart, 'file', { url: manifestFile(manifest()) }), aroundProps);
    const { documents, lines } = synth(chart);
    expect(lines).toEqual([]);
    expect(around.autoscaler).toBeUndefined();
    const { triggers } = find(documents, 'ScaledObject').spec;
    expect(triggers.map((it: { metadata: object }) => it.metadata)).toMatchObject([
      { query: 'sum(pool_busy{namespace="staging"})', threshold: '2.8', ignoreNullValues: 'false' },
      { query: 'sum(rabbitmq_queue_messages_ready{queue="photos"})', threshold: '2666' },
    ]);
  });
});

test('a budget that is there already stays the only one', () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'theirs' },
    spec: {
      minAvailable: '50%',
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['legacy'] }] },
    },
  };
  const { around, documents, lines } = surround({}, {}, [budget]);
  expect(lines).toEqual([]);
  expect(around.disruptionBudget).toBeUndefined();
  expect(find(documents, 'PodDisruptionBudget').metadata.name).toBe('theirs');
});

test('what the program calls lets its pods in, from its own namespace', () => {
  const app = exampleApp();
  const catalog = new PostgresServer(new Chart(app, 'data', { namespace: 'data' }), 'catalog', {
    storage: Size.gibibytes(1),
    credentials: { secret: Secret.fromSecretName(app, 'Secret', 'catalog') },
  });
  const chart = new Chart(app, 'studio', { namespace: 'studio' });
  Worker.around(new Include(chart, 'file', { url: manifestFile(manifest()) }), {
    ...aroundProps,
    downstream: [catalog.budget({ connectionsPerPod: 1 })],
  });
  const { documents, lines } = synth(chart);
  expect(lines).toEqual([]);
  const from = documents
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .flatMap(({ spec }) => spec.ingress)
    .flatMap((rule) => rule.from);
  expect(from).toContainEqual({
    podSelector: { matchLabels: { app: 'legacy' } },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'studio' } },
  });
});

test('the plan is in the model of the program', () => {
  const surrounded = surround();
  const app = surrounded.around.node.root as CapstanApp;
  const [model] = app.model().around;
  expect(model?.path).toBe('darkroom/included/object-0');
  expect(model?.plan.figures.poolSlots.value).toBe(4);
});

describe('a target', () => {
  test('of cdk8s-plus goes on working', () => {
    const chart = exampleChart();
    const deployment = new Deployment(chart, 'web', {
      containers: [{ image: 'web:1', portNumber: 80 }],
    });
    const around = Worker.around(deployment, aroundProps);
    deployment.exposeViaService();
    const { documents, lines } = synth(chart);
    expect(lines).toEqual([]);
    const { spec } = find(documents, 'Deployment');
    expect(spec.replicas).toBeUndefined();
    expect(around.plan.figures.memoryLimit.value).toBe(2 ** 31);
    expect(find(documents, 'PodDisruptionBudget').spec.selector).toEqual(spec.selector);
  });

  test('of cdk8s-plus that is refined before or after keeps what was refined', () => {
    const pointer = '/spec/strategy/rollingUpdate/maxUnavailable';
    for (const [isBefore, share] of [
      [true, '5%'],
      [false, '24%'],
    ] as const) {
      const chart = exampleChart();
      const deployment = new Deployment(chart, 'web', { containers: [{ image: 'web:1' }] });
      const change = () => refine(deployment, set(pointer, share), remove('/spec/progressDeadlineSeconds'));
      if (isBefore) change();
      Worker.around(deployment, aroundProps);
      if (!isBefore) change();
      const { documents, lines } = synth(chart);
      expect(lines).toEqual([]);
      const { spec } = find(documents, 'Deployment');
      expect(spec.strategy.rollingUpdate.maxUnavailable).toBe(share);
      expect(spec.progressDeadlineSeconds).toBeUndefined();
    }
  });

  test('of an included file has its places filled, empty ones as well', () => {
    const chart = exampleChart();
    const file = manifestFile(
      manifest({ spec: { strategy: null }, container: { resources: null, env: null } }),
    );
    const include = new Include(chart, 'file', { url: file });
    const [object] = include.apiObjects;
    if (object === undefined) throw new Error('there is an object');
    Worker.around(object, aroundProps);
    const { documents, lines } = synth(chart);
    expect(lines).toEqual([]);
    const { spec } = find(documents, 'Deployment');
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 3, maxUnavailable: 0 });
    expect(spec.template.spec.containers[0].resources.limits.memory).toBe('294Mi');
  });

  const helm = foundProgram('helm/helm.sh');
  (helm === undefined ? test.skip : test)(
    'of a Helm chart joins, with replicas that the chart always writes',
    () => {
      const folder = temporaryFolder({
        'Chart.yaml': 'apiVersion: v2\nname: legacy\nversion: 1.0.0\n',
        'values.yaml': 'replicas: 3\n',
        'templates/deployment.yaml': [
          'apiVersion: apps/v1',
          'kind: Deployment',
          'metadata:',
          '  name: {{ .Release.Name }}-worker',
          'spec:',
          '  replicas: {{ .Values.replicas }}',
          '  selector: { matchLabels: { app: legacy } }',
          '  template:',
          '    metadata: { labels: { app: legacy } }',
          '    spec:',
          '      containers:',
          '        - name: worker',
          '          image: legacy:1',
          '          resources: {}',
        ].join('\n'),
      });
      const chart = exampleChart();
      const release = new Helm(chart, 'release', {
        chart: folder,
        releaseName: 'photos',
        helmExecutable: helm ?? '',
        values: { replicas: 6 },
      });
      const adopt = { replicas: 6, handedOver: 'CI runs the commands before it applies.' };
      const around = Worker.around(release, { ...aroundProps, scale: { ...scale, adopt } });
      const { documents, lines } = synth(chart);
      expect(lines).toEqual([]);
      const { spec, metadata } = find(documents, 'Deployment');
      expect(metadata.name).toBe('photos-worker');
      expect(spec.replicas).toBeUndefined();
      expect(spec.template.spec.containers[0].resources.limits).toEqual({ cpu: '3', memory: '294Mi' });
      expect(around.handover).toContain('deployment.apps/photos-worker -n darkroom');
    },
  );
});

describe('the count of a Deployment that runs', () => {
  const outdir = () => temporaryFolder();

  function run(folder: string, adopt?: { replicas: number; handedOver?: string }): WorkerAround {
    const app = exampleApp({ outdir: folder });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const include = new Include(chart, 'file', { url: manifestFile(manifest({ spec: { replicas: 6 } })) });
    const { adopt: _, ...bounds } = { adopt, ...scale };
    const around = Worker.around(include, {
      ...aroundProps,
      scale: { ...bounds, ...(adopt !== undefined && { adopt }) },
    });
    app.synth();
    return around;
  }

  test('goes over in two steps, and synth never asks for 1 in between', () => {
    const folder = outdir();
    expect(() => run(folder)).toThrow('/spec/replicas must be left to the autoscaler, got 6.');
    const first = run(folder, { replicas: 6 });
    expect(first.autoscaler).toBeUndefined();
    expect(manifestsIn(folder)['studio.k8s.yaml']).toContain('replicas: 6');
    expect(manifestsIn(folder)['studio.k8s.yaml']).not.toContain('HorizontalPodAutoscaler');
    const second = run(folder, { replicas: 6, handedOver: 'It runs in both clusters before the apply.' });
    expect(second.autoscaler).toBeDefined();
    expect(manifestsIn(folder)['studio.k8s.yaml']).not.toContain('replicas: 6');
    run(folder, { replicas: 6, handedOver: 'It ran in both clusters.' });
  });

  test('is refused by the rule over committed manifests where the file just loses it', () => {
    const folder = outdir();
    run(folder, { replicas: 6 });
    const app = exampleApp({ outdir: folder });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    Worker.around(new Include(chart, 'file', { url: manifestFile(manifest()) }), aroundProps);
    expect(() => app.synth()).toThrow('Deployment legacy /spec/replicas must be held by somebody else');
  });
});
