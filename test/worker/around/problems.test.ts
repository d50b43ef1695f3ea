import { describe, expect, test } from '@jest/globals';
import { ApiObject, Duration, Size } from 'cdk8s';
import { Cpu, Deployment, HorizontalPodAutoscaler, k8s } from 'cdk8s-plus-27';
import { refine, set, Worker, type WorkerAroundProps } from '../../../lib';
import { exampleChart } from '../example-worker';
import { aroundProps } from './around-props';
import { type Manifest, manifest, type Said, surround, synth, written } from './example-around';

type Row = [name: string, said: Said, props: Partial<WorkerAroundProps>, line: RegExp];

const container = (fields: object): Said => ({ container: fields });
const resources = (fields: object) => container({ resources: fields });
const env = (name: string, value: string) => container({ env: [{ name, value }] });
const { scale, task } = aroundProps;

const rows: readonly Row[] = [
  [
    'a memory limit that full slots do not fit into',
    resources({ limits: { memory: '128Mi' } }),
    {},
    /^darkroom\/included\/object-0: resources\.limits\.memory of the manifest must be 294 MiB or more: .*, got 128 MiB\. Raise it/,
  ],
  [
    'a memory limit that is no quantity',
    resources({ limits: { memory: 'lots' } }),
    {},
    /Deployment legacy \/spec\/template\/spec\/containers\/name=main\/resources\/limits\/memory must be 294Mi, as planned .*, got "lots"\. Correct it/,
  ],
  [
    'a memory limit that differs from the one that is given',
    resources({ limits: { memory: '512Mi' } }),
    { resources: { memory: { limit: Size.mebibytes(768) } } },
    /resources\/limits\/memory must be 768Mi, as planned \(768 MiB, given as resources\.memory\.limit\), got "512Mi"\./,
  ],
  [
    'a CPU request that differs from the one that is given',
    resources({ requests: { cpu: '1' } }),
    { resources: { cpu: { request: Cpu.units(2) } } },
    /resources\/requests\/cpu must be 2, as planned \(2 cores, given as resources\.cpu\.request\), got "1"\./,
  ],
  [
    'a CPU limit where none is given',
    resources({ limits: { cpu: '2' } }),
    { resources: { cpu: { limit: 'none' } } },
    /resources\/limits\/cpu must be left out, as resources\.cpu\.limit 'none' says, got "2"\./,
  ],
  [
    'so little CPU that tasks would be cut off',
    resources({ limits: { cpu: '5m' } }),
    {},
    /concurrency\.bound must leave each task the CPU to end within 20 s .*raise resources\.limits\.cpu of the manifest above/,
  ],
  [
    'too short a grace period',
    { pod: { terminationGracePeriodSeconds: 10 } },
    {},
    /terminationGracePeriodSeconds of the manifest must be 23 s or more: 0 s \+ 20 s \+ 3 s .*, got 10 s\. Raise it/,
  ],
  [
    'a preStop hook that leaves too little of the grace period',
    {
      pod: { terminationGracePeriodSeconds: 30 },
      container: { lifecycle: { preStop: { sleep: { seconds: 15 } } } },
    },
    {},
    /terminationGracePeriodSeconds of the manifest must be 38 s or more: 15 s \+ 20 s \+ 3 s .*, got 30 s\./,
  ],
  [
    'a grace period that differs from the one that is given',
    { pod: { terminationGracePeriodSeconds: 60 } },
    { shutdown: { gracePeriod: Duration.seconds(45) } },
    /terminationGracePeriodSeconds must be 45, as planned .*, got 60\./,
  ],
  [
    'a probe that ends pods faster than tasks end',
    container({ livenessProbe: { httpGet: { path: '/', port: 80 }, terminationGracePeriodSeconds: 5 } }),
    {},
    /livenessProbe\/terminationGracePeriodSeconds must be left out, or 30 or more, .*, got 5\./,
  ],
  [
    'another GOMAXPROCS',
    env('GOMAXPROCS', '8'),
    {},
    /env GOMAXPROCS must be left out, or 3, .*, got "8"\. Correct it/,
  ],
  [
    'a GOMAXPROCS that only the cluster knows',
    container({ env: [{ name: 'GOMAXPROCS', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }] }),
    {},
    /env GOMAXPROCS must be left out, or 3, .*, got valueFrom configMapKeyRef\./,
  ],
  [
    'a GOMEMLIMIT of the whole limit',
    container({
      env: [{ name: 'GOMEMLIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } }],
    }),
    {},
    /env GOMEMLIMIT must be between 264 MiB, what full slots hold, and 264\.6 MiB .*, got valueFrom limits\.memory\./,
  ],
  [
    'a GOMEMLIMIT that is too small',
    env('GOMEMLIMIT', '100MiB'),
    {},
    /env GOMEMLIMIT must be .*, got "100MiB"\./,
  ],
  ['no GOMEMLIMIT at all', env('GOMEMLIMIT', 'off'), {}, /env GOMEMLIMIT must be .*, got "off"\./],
  ...['4.0', ' 4 ', '0x4', '+4', '4e0'].map(
    (text): Row => [
      `a bound that strconv.Atoi cannot read: ${JSON.stringify(text)}`,
      env('POOL_SIZE', text),
      {},
      /env POOL_SIZE must be \d+, as concurrency\.bound says, got /,
    ],
  ),
  [
    'another bound',
    env('POOL_SIZE', '16'),
    {},
    /env POOL_SIZE must be 4, as concurrency\.bound says, got "16"\./,
  ],
  ['a bound that is not said', env('POOL_SIZE', ''), {}, /env POOL_SIZE must be 4, .*, got ""\./],
  [
    'another argument',
    container({ args: ['run', '--workers', '16'] }),
    { concurrency: { bound: 4, argument: '--workers' } },
    /args --workers must be 4, as concurrency\.bound says, got "16"\. Let the container have --workers=4/,
  ],
  [
    'no argument',
    {},
    { concurrency: { bound: 4, argument: '--workers' } },
    /args --workers must be 4, as concurrency\.bound says, got nothing\./,
  ],
  [
    'another surge than the one that is given',
    { spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
    { rollout: { maxSurge: 2 } },
    /\/spec\/strategy\/rollingUpdate\/maxSurge must be 2, as planned .*, got 1\./,
  ],
  [
    'a rolling update that neither adds a pod nor misses one',
    { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
    {},
    /\/spec\/strategy\/rollingUpdate\/maxSurge must be 3, as planned .*, got 0\./,
  ],
  [
    'pods that may be missing, and are more than the database can take',
    { spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 5 } }, minReadySeconds: 30 } },
    { downstream: [{ name: 'catalog', limit: 60 }] },
    /downstream\[0\] must take what the worker holds in a rolling update, 80 of catalog, got 60\./,
  ],
  [
    'Recreate where pods are to surge',
    { spec: { strategy: { type: 'Recreate' } } },
    { rollout: { maxSurge: 1 } },
    /\/spec\/strategy\/type must be RollingUpdate, .*, got "Recreate"\./,
  ],
  [
    'another time to be ready',
    { spec: { minReadySeconds: 10 } },
    { rollout: { minReady: Duration.seconds(20) } },
    /\/spec\/minReadySeconds must be 20, as planned .*, got 10\./,
  ],
  [
    'replicas',
    { spec: { replicas: 6 } },
    {},
    /\/spec\/replicas must be left to the autoscaler, got 6\. Take it out .* scale\.adopt: \{ replicas: 6 \}\./,
  ],
  [
    'other replicas than are handed over',
    { spec: { replicas: 6 } },
    { scale: { ...scale, adopt: { replicas: 5 } } },
    /\/spec\/replicas must be 5 \(scale\.adopt\.replicas\) until it is handed over, got 6\./,
  ],
  [
    'no replicas, which cannot be handed over',
    { spec: { replicas: 0 } },
    {},
    /\/spec\/replicas must be left to the autoscaler, got 0\. Take it out .*: only 1 to 10 \(scale\.max\) pods/,
  ],
  [
    'more pods than the autoscaler would keep',
    { spec: { replicas: 12 } },
    { scale: { ...scale, adopt: { replicas: 12 } } },
    /scale\.adopt\.replicas must be a whole number from 1 to 10 \(scale\.max\)/,
  ],
  [
    'a hand-over that nobody speaks for',
    { spec: { replicas: 6 } },
    { scale: { ...scale, adopt: { replicas: 6, handedOver: ' ' } } },
    /scale\.adopt\.handedOver must say that the count is handed over in each cluster, got " "\./,
  ],
  ['scale to zero', {}, { scale: { ...scale, min: 0 } }, /scale\.min must be 1 or more around a program/],
  ['no signals', {}, { signals: {} }, /signals must be busy, backlog or both, got none\./],
  [
    'a metric without a name',
    {},
    { signals: { busy: { metric: '' } } },
    /signals\.busy\.metric must be a name .*, got ""\./,
  ],
  [
    'a variable without a name',
    {},
    { concurrency: { bound: 4, variable: '=' } },
    /concurrency\.variable must be the name of a variable, got "="\./,
  ],
  [
    'a bound below 1',
    {},
    { concurrency: { bound: 0 } },
    /concurrency\.bound must be a whole number of 1 or more, got 0/,
  ],
  ['a round trip that is none', {}, { roundTrip: Duration.minutes(2) }, /: roundTrip must be 60 s or less/],
  [
    'KEDA without a Prometheus to ask',
    {},
    { scale: { ...scale, by: 'keda' } },
    /scale\.by must come with the environment's prometheus/,
  ],
  [
    'a container that is not there',
    {},
    { container: 'web' },
    /container must be one of main, got "web"\. Name the one/,
  ],
  [
    'several containers',
    { pod: { containers: [{ name: 'a' }, { name: 'b' }] } },
    {},
    /container must be one of a, b, got undefined\./,
  ],
  [
    'a Deployment that is not there',
    {},
    { deployment: 'web' },
    /deployment must be one of legacy, got "web"\. Correct the name\./,
  ],
  [
    'a database that cannot take the peak',
    {},
    { downstream: [{ name: 'catalog', limit: 20 }] },
    /downstream\[0\] must take what the worker holds .*lower concurrency\.bound to/,
  ],
];

describe('fails with path, property, what was wanted, what was got and a fix for', () => {
  test.each(rows)('%s', (_, said, props, line) => {
    const surrounded = surround(said, props);
    expect(surrounded.lines).toEqual([expect.stringMatching(line)]);
    expect(surrounded.around.plan.figures.poolSlots.value).toBeGreaterThan(0);
  });
});

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'legacy' };
const named = (apiVersion: string, kind: string, spec: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'theirs' },
  spec,
});
const budget = (spec: object, app = 'legacy') =>
  named('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app } }, ...spec });

describe('fails for what stands around it already', () => {
  test.each<[name: string, beside: readonly Manifest[], line: RegExp]>([
    [
      'an autoscaler',
      [
        named('autoscaling/v2', 'HorizontalPodAutoscaler', {
          minReplicas: 1,
          maxReplicas: 2,
          scaleTargetRef: target,
        }),
      ],
      /HorizontalPodAutoscaler theirs must not scale Deployment legacy as well: .*, got darkroom\/included\/object-1\./,
    ],
    [
      'a ScaledObject',
      [named('keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'legacy' }, triggers: [] })],
      /ScaledObject theirs must not scale Deployment legacy as well/,
    ],
    [
      'a budget that keeps every pod',
      [budget({ minAvailable: 3 })],
      /PodDisruptionBudget theirs \/spec\/minAvailable must let one of 3 pods \(scale\.min\) be evicted, .*, got 3\. Lower it/,
    ],
    [
      'a budget of nothing',
      [budget({ maxUnavailable: '0%' })],
      /maxUnavailable must let one of 3 pods .*, got "0%"\./,
    ],
    [
      'two budgets',
      [budget({ maxUnavailable: 1 }), { ...budget({ maxUnavailable: 1 }), metadata: { name: 'second' } }],
      /PodDisruptionBudget must be one for these pods: .*, got .*object-1 and .*object-2\. Take one out\./,
    ],
    [
      'a ConfigMap with another bound',
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { POOL_SIZE: '9' } }],
      /env POOL_SIZE must be 4, .*, got "9" of ConfigMap settings\./,
    ],
  ])('%s', (_, beside, line) => {
    const said = container({ envFrom: [{ configMapRef: { name: 'settings' } }] });
    expect(surround(said, {}, beside).lines).toEqual([expect.stringMatching(line)]);
  });

  test('but not for what is about others', () => {
    const other = { ...target, name: 'web' };
    const beside = [
      named('autoscaling/v2', 'HorizontalPodAutoscaler', {
        minReplicas: 1,
        maxReplicas: 2,
        scaleTargetRef: other,
      }),
      budget({ minAvailable: 3 }, 'web'),
    ];
    expect(surround({}, {}, beside).lines).toEqual([]);
  });

  test('an autoscaler and a budget that come later', () => {
    const chart = exampleChart();
    const deployment = new Deployment(chart, 'web', { containers: [{ image: 'web:1' }] });
    Worker.around(deployment, aroundProps);
    new HorizontalPodAutoscaler(chart, 'Second', { target: deployment, maxReplicas: 3 });
    const selector = { matchLabels: deployment.matchLabels };
    new k8s.KubePodDisruptionBudget(chart, 'Budget', { spec: { selector } });
    expect(synth(chart).lines).toEqual([
      expect.stringMatching(/HorizontalPodAutoscaler \S+ must not scale Deployment/),
      expect.stringMatching(
        /PodDisruptionBudget must be one .* make it before Worker\.around, which then adds none\./,
      ),
    ]);
  });
});

describe('fails for a target', () => {
  const around = (document: Manifest) => {
    const chart = exampleChart();
    const { plan } = Worker.around(new ApiObject(chart, 'object', document), aroundProps);
    return { plan, ...synth(chart) };
  };

  test('that is no Deployment', () => {
    const { lines, plan } = around({ ...manifest(), kind: 'StatefulSet' });
    expect(lines).toContainEqual(
      expect.stringMatching(
        /deployment must be the only apps\/v1 Deployment of the target, .*, got a StatefulSet\. Give/,
      ),
    );
    expect(plan.figures.poolSlots.value).toBe(4);
  });

  test('that has several', () => {
    const { lines } = surround({}, {}, [{ ...manifest(), metadata: { name: 'second' } }]);
    expect(lines).toEqual([]);
    const chart = exampleChart();
    for (const name of ['one', 'two']) new ApiObject(chart, name, { ...manifest(), metadata: { name } });
    Worker.around(chart, aroundProps);
    expect(synth(chart).lines).toEqual([
      expect.stringMatching(/^darkroom: deployment must .*, got one, two\. Name it/),
    ]);
  });

  test('that is not complete', () => {
    const chart = exampleChart();
    Worker.around(new Deployment(chart, 'web'), aroundProps);
    expect(synth(chart).lines).toContainEqual(
      expect.stringMatching(
        /Worker\.around must come when the Deployment is complete, got .*container.*\. Add what/,
      ),
    );
  });

  test('that is surrounded twice', () => {
    const chart = exampleChart();
    const object = new ApiObject(chart, 'object', manifest());
    Worker.around(object, aroundProps);
    Worker.around(object, aroundProps);
    expect(synth(chart).lines).toEqual([
      expect.stringMatching(/Worker\.around must be called once for a Deployment/),
    ]);
  });

  test('whose own count cdk8s-plus knows', () => {
    const chart = exampleChart();
    const deployment = new Deployment(chart, 'web', { replicas: 5, containers: [{ image: 'web:1' }] });
    Worker.around(deployment, aroundProps);
    expect(synth(chart).lines).toEqual([
      expect.stringMatching(/\/spec\/replicas must be left to the autoscaler, got 5\./),
    ]);
  });

  test('whose container is renamed after it was planned', () => {
    const surrounded = surround();
    const { object } = surrounded.around;
    if (object === undefined) throw new Error('there is an object');
    refine(object, set('/spec/template/spec/containers/0/name', 'web'));
    expect(synth(object.chart).lines).toEqual([
      expect.stringMatching(
        /container must still be in Deployment legacy .*, got none that is called main\./,
      ),
    ]);
  });

  test('that is changed after it was planned', () => {
    const surrounded = surround();
    const { object } = surrounded.around;
    if (object === undefined) throw new Error('there is an object');
    refine(object, set('/spec/template/spec/containers/name=main/resources/limits/memory', '64Mi'));
    const chart = object.chart;
    expect(synth(chart).lines).toEqual([
      expect.stringMatching(/resources\/limits\/memory must be 294Mi, .*, got "64Mi"\./),
    ]);
    expect(written(surrounded).spec.template.spec.containers[0].resources.limits.memory).toBe('64Mi');
  });
});

test('a wrong task is a problem of the same call', () => {
  const wrong = { ...task, cpuTime: Duration.millis(0) };
  expect(surround({}, { task: wrong }).lines).toEqual([expect.stringMatching(/: task\.cpuTime must be/)]);
});
