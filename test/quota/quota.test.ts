import { describe, expect, test } from '@jest/globals';
import { Chart, Cron, Size } from 'cdk8s';
import {
  ConcurrencyPolicy,
  Cpu,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  PersistentVolumeAccessMode,
  PersistentVolumeClaim,
  Service,
  ServiceType,
} from 'cdk8s-plus-27';
import {
  acknowledge,
  Environment,
  type EnvironmentProps,
  type NodePool,
  Quota,
  type QuotaProps,
  type QuotaSpec,
  refine,
  remove,
  set,
} from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart, exampleWorker, find } from '../worker/example-worker';

const amounts = { cpu: Cpu.millis(2500), memory: Size.gibibytes(4), ephemeralStorage: Size.gibibytes(1) };

describe('Quota', () => {
  test('is a ResourceQuota with quantities as the API server stores them', () => {
    const chart = exampleChart();
    new Quota(chart, 'studio', {
      requests: { ...amounts, storage: Size.gibibytes(1024) },
      limits: { memory: Size.mebibytes(1536) },
      pods: 20,
      claims: 3,
      loadBalancers: 0,
    });
    expect(documentsOf(chart)).toEqual([
      expect.objectContaining({
        kind: 'ResourceQuota',
        metadata: { name: 'studio', namespace: 'darkroom' },
        spec: {
          hard: {
            'limits.memory': '1536Mi',
            persistentvolumeclaims: '3',
            pods: '20',
            'requests.cpu': '2500m',
            'requests.ephemeral-storage': '1Gi',
            'requests.memory': '4Gi',
            'requests.storage': '1Ti',
            'services.loadbalancers': '0',
          },
        },
      }),
    ]);
  });

  test('is a LimitRange for each container and claim', () => {
    const chart = exampleChart();
    new Quota(chart, 'studio', {
      limitRange: {
        default: { memory: Size.mebibytes(256) },
        max: { cpu: Cpu.units(2), memory: Size.gibibytes(4) },
        claim: { max: Size.gibibytes(100) },
      },
    });
    expect(documentsOf(chart)).toEqual([
      expect.objectContaining({
        kind: 'LimitRange',
        spec: {
          limits: [
            { type: 'Container', default: { memory: '256Mi' }, max: { cpu: '2', memory: '4Gi' } },
            { type: 'PersistentVolumeClaim', max: { storage: '100Gi' } },
          ],
        },
      }),
    ]);
  });

  test('stands in each namespace for which the environment is told one', () => {
    const environment = new Environment(exampleApp(), 'staging', {
      quota: { pods: 10 },
      namespaces: [{ name: 'agents', limitRange: { max: { cpu: Cpu.units(1) } } }],
    });
    const documents = environment.node.findAll().filter(Chart.isChart).flatMap(documentsOf);
    expect(find(documents, 'ResourceQuota').metadata).toEqual({ name: 'staging', namespace: 'staging' });
    expect(find(documents, 'LimitRange').metadata).toEqual({ name: 'agents', namespace: 'agents' });
  });
});

type Build = (chart: Chart) => void;

function linesOf(quota: QuotaSpec, build: Build, props: EnvironmentProps = {}): string[] {
  const app = exampleApp();
  const environment = new Environment(app, 'staging', { podSecurity: 'privileged', ...props, quota });
  build(new Chart(environment, 'studio', { namespace: 'staging' }));
  return problemLines(app);
}

const containers = [
  {
    name: 'web',
    image: 'web',
    portNumber: 80,
    resources: {
      cpu: { request: Cpu.millis(500), limit: Cpu.units(1) },
      memory: { request: Size.mebibytes(256), limit: Size.mebibytes(512) },
    },
  },
];
const web: Build = (chart) => void new Deployment(chart, 'web', { replicas: 10, containers });
const QUOTA = '^staging/0-environment/staging/Quota/Quota: ';

describe('everything in a namespace', () => {
  test('fits its quota when the peak does', () => {
    const quota = { requests: { cpu: Cpu.millis(6500) }, limits: { memory: Size.mebibytes(6656) }, pods: 13 };
    expect(linesOf(quota, web)).toEqual([]);
  });

  test('is counted by namespace', () => {
    const quota = { pods: 12 };
    const build: Build = (chart) => {
      const other = new Chart(chart, 'other', { namespace: 'agents' });
      new Deployment(other, 'web', { replicas: 10, containers });
    };
    expect(linesOf(quota, build, { namespaces: [{ name: 'agents', podSecurity: 'privileged' }] })).toEqual(
      [],
    );
  });

  test('may be more when the program says why', () => {
    const build: Build = (chart) => {
      web(chart);
      acknowledge(Environment.of(chart), 'quota', 'It grows with the nodes, by a controller of ours.');
    };
    expect(linesOf({ pods: 1 }, build)).toEqual([]);
  });
});

describe('fails', () => {
  test.each<[string, QuotaSpec, Build, string]>([
    [
      'for a surge that the quota has no room for',
      { pods: 12 },
      web,
      `${QUOTA}pods must be 13 or more, for everything at its peak \\(.*: \\(10 \\+ 3 in a rolling update\\) pods\\), got 12\\. Raise it, or .*rollout\\.maxSurge`,
    ],
    [
      'for requests',
      { requests: { cpu: Cpu.units(6) } },
      web,
      `${QUOTA}requests\\.cpu must be 6\\.5 cores or more, .* × 0\\.5 cores\\), got 6 cores\\. `,
    ],
    [
      'for limits',
      { limits: { memory: Size.gibibytes(6) } },
      web,
      `${QUOTA}limits\\.memory must be 6,656 MiB or more, .* × 512 MiB\\), got 6,144 MiB\\. `,
    ],
    [
      'for jobs beside the rest, the largest first',
      { pods: 14 },
      (chart) => {
        web(chart);
        new Job(chart, 'seed', { metadata: { name: 'seed' }, containers });
        new CronJob(chart, 'sweep', {
          metadata: { name: 'sweep' },
          schedule: Cron.daily(),
          concurrencyPolicy: ConcurrencyPolicy.FORBID,
          containers,
        });
      },
      'pods must be 15 or more, .*in a rolling update\\) pods; seed: 1 pod; sweep: 1 pod\\), got 14\\. ',
    ],
    [
      'for the peak of a Worker, by its autoscaler',
      { pods: 12 },
      (chart) => void exampleWorker(chart),
      'pods must be 13 or more, for everything at its peak \\(develop: \\(10 \\+ 3 in a rolling update\\) pods\\), got 12\\. ',
    ],
    [
      'for claims, those of each pod included',
      { requests: { storage: Size.gibibytes(5) } },
      (chart) => {
        new PersistentVolumeClaim(chart, 'Photos', {
          metadata: { name: 'photos' },
          accessModes: [PersistentVolumeAccessMode.READ_WRITE_MANY],
          storage: Size.gibibytes(1),
        });
        const db = new Deployment(chart, 'db', { metadata: { name: 'db' }, containers, replicas: 3 });
        const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
        refine(
          db,
          set('/kind', 'StatefulSet'),
          remove('/spec/strategy'),
          remove('/spec/progressDeadlineSeconds'),
          set('/spec/serviceName', 'db'),
          set('/spec/volumeClaimTemplates', [
            { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec },
          ]),
        );
      },
      'requests\\.storage must be 7,168 MiB or more, .*db: 3 pods × 2,048 MiB; photos: 1,024 MiB\\), got 5,120 MiB\\. ',
    ],
    [
      'for load balancers',
      { loadBalancers: 0 },
      (chart) => {
        const service = new Service(chart, 'front', {
          metadata: { name: 'front' },
          type: ServiceType.LOAD_BALANCER,
          ports: [{ port: 80 }],
        });
        service.selectLabel('app', 'web');
      },
      'services\\.loadbalancers must be 1 or more, .*front: 1\\), got 0\\. ',
    ],
    [
      'for a container that says nothing of what is bounded',
      { limits: { cpu: Cpu.units(100) } },
      (chart) => void exampleWorker(chart, { resources: { cpu: { request: Cpu.units(1), limit: 'none' } } }),
      '^staging/studio/develop/Deployment: resources\\.limits\\.cpu must be said, .*, got none in worker\\. ',
    ],
    [
      'for a pod on every node when nobody says how many there are',
      { pods: 100 },
      (chart) => void new DaemonSet(chart, 'agent', { containers }),
      '^staging/studio/agent: nodePools must be given where the environment is made, ',
    ],
  ])('%s', (_, quota, build, line) => {
    expect(linesOf(quota, build)).toEqual([expect.stringMatching(new RegExp(line))]);
  });

  test('for a pod on every node of the pools that it tolerates', () => {
    const shape = {
      allocatable: { cpu: Cpu.units(2), memory: Size.gibibytes(4) },
      nodes: { min: 1, max: 5 },
    };
    const nodePools: NodePool[] = [
      { name: 'all', labels: { pool: 'all' }, ...shape },
      { name: 'gpu', labels: { pool: 'gpu' }, taints: [{ key: 'gpu', effect: 'NoSchedule' }], ...shape },
    ];
    const build: Build = (chart) => void new DaemonSet(chart, 'agent', { containers });
    expect(linesOf({ pods: 5 }, build, { nodePools })).toEqual([]);
    expect(linesOf({ pods: 4 }, build, { nodePools })).toEqual([
      expect.stringMatching(/pods must be 5 or more, .*: 5 pods\), got 4\. /),
    ]);
  });

  test.each<[string, QuotaProps, RegExp]>([
    ['for bounds of nothing', {}, /^studio\/quota: requests must be given, or another bound, got none\. /],
    ['for half a pod', { pods: 1.5 }, /: pods must be a whole number of 0 or more, got 1\.5\. /],
    [
      'for a default above the most',
      { limitRange: { default: { cpu: Cpu.units(2) }, max: { cpu: Cpu.units(1) } } },
      /: limitRange\.default\.cpu must be 1 core \(limitRange\.max\.cpu\) or less, got 2 cores\. /,
    ],
    [
      'for claims of at least more than at most',
      { limitRange: { claim: { min: Size.gibibytes(2), max: Size.gibibytes(1) } } },
      /: limitRange\.claim\.min must be 1,024 MiB \(limitRange\.claim\.max\) or less, got 2,048 MiB\. /,
    ],
  ])('%s', (_, props, line) => {
    const app = exampleApp();
    new Quota(new Chart(app, 'studio', { namespace: 'studio' }), 'quota', props);
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });

  test('for bounds of a namespace that somebody else makes', () => {
    const app = exampleApp();
    new Environment(app, 'staging', { namespaces: [{ name: 'shared', existing: true, quota: { pods: 1 } }] });
    expect(problemLines(app)).toEqual([
      expect.stringMatching(/^staging: namespaces\[0\] must have no quota .*, got shared\. /),
    ]);
  });

  test('for containers outside the bounds of the namespace', () => {
    const app = exampleApp();
    const limitRange = { max: { cpu: Cpu.millis(500) }, min: { memory: Size.gibibytes(1) } };
    const environment = new Environment(app, 'staging', { limitRange, podSecurity: 'privileged' });
    web(new Chart(environment, 'studio', { namespace: 'staging' }));
    expect(problemLines(app)).toEqual([
      expect.stringMatching(
        /^staging\/studio\/web: resources\.limits\.cpu of container web must be 0\.5 cores \(max of the namespace's LimitRange\) or less, got 1 core\. /,
      ),
      expect.stringMatching(
        /: resources\.requests\.memory of container web must be 1,024 MiB \(min .*\) or more, got 256 MiB\. /,
      ),
    ]);
  });
});
