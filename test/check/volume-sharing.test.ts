import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Cron, Size } from 'cdk8s';
import {
  ConcurrencyPolicy,
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  HorizontalPodAutoscaler,
  type IPersistentVolumeClaim,
  Job,
  PercentOrAbsolute,
  PersistentVolumeAccessMode,
  PersistentVolumeClaim,
  StatefulSet,
  Volume,
  type Workload,
} from 'cdk8s-plus-27';
import { acknowledge, Environment, type NodePool, refine, remove, VolumeClaim } from '../../lib';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from '../worker/example-worker';

type Build = (chart: Chart, volume: Volume) => Workload | undefined;

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_WRITE_MANY } = PersistentVolumeAccessMode;
const containers = [{ name: 'web', image: 'web', portNumber: 80 }];
const recreate = { strategy: DeploymentStrategy.recreate() };

/** What synth says when what `build` makes mounts a claim of cdk8s-plus. */
function linesOf(build: Build, mode = READ_WRITE_ONCE, nodePools: readonly NodePool[] = []): string[] {
  const app = exampleApp();
  const chart = new Chart(
    new Environment(app, 'staging', { nodePools, podSecurity: 'privileged' }),
    'studio',
    { namespace: 'staging' },
  );
  const claim = new PersistentVolumeClaim(chart, 'Claim', {
    metadata: { name: 'photos' },
    accessModes: [mode],
    storage: Size.gibibytes(1),
  });
  const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim as IPersistentVolumeClaim);
  build(chart, volume)?.containers[0]?.mount('/data', volume);
  return problemLines(app);
}

const deployment = (props: object) => (chart: Chart) => {
  return new Deployment(chart, 'web', { metadata: { name: 'web' }, containers, ...props });
};

describe('a volume of one node', () => {
  test.each<[string, Build]>([
    ['one pod that ends before the next one starts', deployment({ replicas: 1, ...recreate })],
    [
      'one pod that is gone before the next one comes',
      deployment({
        replicas: 1,
        strategy: DeploymentStrategy.rollingUpdate({
          maxSurge: PercentOrAbsolute.absolute(0),
          maxUnavailable: PercentOrAbsolute.absolute(1),
        }),
      }),
    ],
    ['a StatefulSet of one pod', (chart) => new StatefulSet(chart, 'db', { containers, replicas: 1 })],
    ['a Job of one pod', (chart) => new Job(chart, 'job', { containers })],
    [
      'a CronJob whose runs wait for each other',
      (chart) =>
        new CronJob(chart, 'cron', {
          containers,
          schedule: Cron.daily(),
          concurrencyPolicy: ConcurrencyPolicy.FORBID,
        }),
    ],
  ])('is for %s', (_, build) => {
    expect(linesOf(build)).toEqual([]);
  });

  test('may be shared on the only node of an environment, but not when it is for one pod', () => {
    const pool = {
      name: 'edge',
      labels: { node: 'edge' },
      allocatable: { cpu: { amount: '2' }, memory: Size.gibibytes(4) },
      nodes: { min: 1, max: 1 },
    };
    expect(linesOf(deployment({ replicas: 2 }), READ_WRITE_ONCE, [pool])).toEqual([]);
    expect(linesOf(deployment({ replicas: 2 }), READ_WRITE_ONCE_POD, [pool])).toHaveLength(1);
  });

  test('may be shared when the program says why, at the claim or at the workload', () => {
    for (const about of ['Claim', 'web']) {
      const lines = linesOf((chart) => {
        const web = deployment({ replicas: 2 })(chart);
        const construct = about === 'web' ? web : chart.node.findChild('Claim');
        acknowledge(construct, 'volume-sharing', 'All pods run on the node with the disk.');
        return web;
      });
      expect(lines).toEqual([]);
    }
  });

  test('is not what a volume for many nodes is', () => {
    expect(linesOf(deployment({ replicas: 12 }), READ_WRITE_MANY)).toEqual([]);
  });
});

describe('fails', () => {
  test.each<[string, Build, RegExp]>([
    [
      'for several replicas',
      deployment({ replicas: 3, ...recreate }),
      /^staging\/studio\/web: volume of claim photos must be one that several pods can use \(ReadWriteMany\), since up to 3 pods mount it \(replicas\), got ReadWriteOnce\. Give each pod a claim of its own with a StatefulService, run one pod \(replicas 1, strategy Recreate\), or make the claim ReadWriteMany\. /,
    ],
    [
      'for an autoscaler that makes several',
      (chart) => {
        const web = deployment(recreate)(chart);
        new HorizontalPodAutoscaler(chart, 'Scaler', {
          metadata: { name: 's' },
          target: web,
          maxReplicas: 9,
        });
        return web;
      },
      /up to 9 pods mount it \(maxReplicas of HorizontalPodAutoscaler s\), got ReadWriteOnce\. /,
    ],
    [
      'for a KEDA ScaledObject that makes several',
      (chart) => {
        new ApiObject(chart, 'Scaled', {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          metadata: { name: 's' },
          spec: {
            scaleTargetRef: { name: 'web' },
            triggers: [
              {
                type: 'cron',
                metadata: { timezone: 'UTC', start: '0 8 * * *', end: '0 18 * * *', desiredReplicas: '3' },
              },
            ],
          },
        });
        const scaled = deployment(recreate)(chart);
        refine(scaled, remove('/spec/replicas'));
        return scaled;
      },
      /up to 100 pods mount it \(maxReplicaCount of ScaledObject s\)/,
    ],
    [
      'for a rolling update that starts the new pod first',
      deployment({ replicas: 1 }),
      /since a rolling update starts the new pod before the old one has ended \(maxSurge 1\), got ReadWriteOnce\. Set the strategy to Recreate, /,
    ],
    [
      'for a StatefulSet whose pods share it',
      (chart) => new StatefulSet(chart, 'db', { containers, replicas: 2 }),
      /^staging\/studio\/db: .*up to 2 pods mount it \(replicas\)/,
    ],
    [
      'for a pod on every node',
      (chart) => new DaemonSet(chart, 'agent', { containers }),
      /^staging\/studio\/agent: .*a pod on every node mounts it/,
    ],
    [
      'for runs that overlap',
      (chart) =>
        new CronJob(chart, 'cron', {
          containers,
          schedule: Cron.daily(),
          concurrencyPolicy: ConcurrencyPolicy.ALLOW,
        }),
      /a run may start while the one before it still runs, got ReadWriteOnce\. Set concurrencyPolicy to 'Forbid', /,
    ],
    [
      'for two workloads',
      (chart, volume) => {
        const other = new Job(chart, 'seed', { containers });
        other.containers[0]?.mount('/data', volume);
        return deployment({ replicas: 1, ...recreate })(chart);
      },
      /^staging\/studio\/web: .*since staging\/studio\/seed mounts it as well, got ReadWriteOnce\. Give each of them a claim of its own, /,
    ],
  ])('%s', (_, build, line) => {
    expect(linesOf(build)).toEqual([expect.stringMatching(line)]);
  });

  test('for a Worker with several pods', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const photos = new VolumeClaim(chart, 'photos', { size: Size.gibibytes(1) });
    exampleWorker(chart, { volumes: [photos.mount('/photos')] });
    expect(problemLines(app)).toEqual([
      expect.stringMatching(
        /^studio\/develop\/Deployment: volume of claim photos must .*up to 10 pods mount it \(maxReplicas of HorizontalPodAutoscaler develop\), got ReadWriteOnce\. /,
      ),
    ]);
  });
});
