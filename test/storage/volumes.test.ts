import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Deployment, DeploymentStrategy, PersistentVolumeAccessMode } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  Environment,
  type EnvironmentProps,
  StaticVolume,
  type StaticVolumeProps,
  VolumeClaim,
  type VolumeClaimProps,
} from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart, exampleWorker, find } from '../worker/example-worker';

const { READ_WRITE_MANY, READ_WRITE_ONCE_POD, READ_ONLY_MANY } = PersistentVolumeAccessMode;
const nfs = { kind: 'nfs', server: 'nfs.example.com', path: '/photos' } as const;

function claimOf(props: VolumeClaimProps, environmentProps?: EnvironmentProps) {
  const app = exampleApp();
  const scope = environmentProps === undefined ? app : new Environment(app, 'staging', environmentProps);
  const chart = new Chart(scope, 'studio', { namespace: 'staging' });
  new VolumeClaim(chart, 'photos', props);
  return find(documentsOf(chart), 'PersistentVolumeClaim');
}

function volumeOf(props: StaticVolumeProps) {
  const chart = exampleChart();
  new StaticVolume(chart, 'photos', props);
  return find(documentsOf(chart), 'PersistentVolume');
}

describe('VolumeClaim', () => {
  test('asks for a volume of its size, for one node unless said otherwise', () => {
    expect(claimOf({ size: Size.mebibytes(1536) })).toMatchObject({
      metadata: { name: 'photos', namespace: 'staging' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1536Mi' } } },
    });
  });

  test('asks for the class of the program, then of the environment, then of the cloud', () => {
    const size = Size.gibibytes(1);
    const classOf = (props: Partial<VolumeClaimProps>, environment?: EnvironmentProps) =>
      claimOf({ size, ...props } as VolumeClaimProps, environment).spec.storageClassName;
    expect(classOf({})).toBeUndefined();
    expect(classOf({}, { cloud: 'gcp' })).toBe('standard-rwo');
    expect(classOf({ access: READ_WRITE_MANY }, { cloud: 'gcp' })).toBe('standard-rwx');
    expect(classOf({}, { cloud: 'gcp', storageClass: 'premium-rwo' })).toBe('premium-rwo');
    expect(classOf({ storageClass: 'own' }, { cloud: 'gcp', storageClass: 'premium-rwo' })).toBe('own');
  });

  test('is mounted in a Worker and in workloads of cdk8s-plus', () => {
    const chart = exampleChart();
    const photos = new VolumeClaim(chart, 'photos', { size: Size.gibibytes(1), access: READ_WRITE_MANY });
    exampleWorker(chart, { volumes: [photos.mount('/photos', { readOnly: true })] });
    const web = new Deployment(chart, 'web', { metadata: { name: 'web' }, containers: [{ image: 'web' }] });
    web.containers[0]?.mount('/srv', photos);
    for (const name of ['develop', 'web']) {
      const pod = find(documentsOf(chart), 'Deployment', name).spec.template.spec;
      expect(pod.volumes).toContainEqual({
        name: 'claim-photos',
        persistentVolumeClaim: { claimName: 'photos', readOnly: false },
      });
    }
    expect(problemLines(chart.node.root as ReturnType<typeof exampleApp>)).toEqual([]);
  });

  test('is written the same wherever it stands in the tree', () => {
    const chart = exampleChart();
    new VolumeClaim(new Construct(new Construct(chart, 'a'), 'b'), 'photos', { size: Size.gibibytes(1) });
    const flat = exampleChart();
    new VolumeClaim(flat, 'photos', { size: Size.gibibytes(1) });
    expect(documentsOf(chart)).toEqual(documentsOf(flat));
  });
});

describe('StaticVolume', () => {
  test('is an NFS folder for many nodes, kept when its claim goes', () => {
    expect(volumeOf({ source: nfs, size: Size.gibibytes(200), mountOptions: ['nfsvers=4.1'] })).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'darkroom-photos' },
      spec: {
        accessModes: ['ReadWriteMany'],
        capacity: { storage: '200Gi' },
        mountOptions: ['nfsvers=4.1'],
        nfs: { server: 'nfs.example.com', path: '/photos' },
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: '',
        volumeMode: 'Filesystem',
      },
    });
  });

  test('takes pods to its node, or to its zone', () => {
    const size = Size.gibibytes(1);
    const termsOf = (source: StaticVolumeProps['source']) =>
      volumeOf({ source, size }).spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions;
    const onNode = [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['edge-1'] }];
    expect(termsOf({ kind: 'local', path: '/mnt/disk', node: 'edge-1' })).toEqual(onNode);
    expect(termsOf({ kind: 'hostPath', path: '/var/data', node: 'edge-1' })).toEqual(onNode);
    const csi = { kind: 'csi', driver: 'ebs.csi.aws.com', handle: 'vol-1', zone: 'eu-west-1a' } as const;
    expect(termsOf(csi)).toEqual([
      { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] },
    ]);
  });

  test('and its claim name each other', () => {
    const chart = exampleChart();
    const volume = new StaticVolume(chart, 'photos', { source: nfs, size: Size.gibibytes(200) });
    new VolumeClaim(chart, 'all', { volume });
    const documents = documentsOf(chart);
    expect(find(documents, 'PersistentVolume').spec.claimRef).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name: 'all',
      namespace: 'darkroom',
    });
    expect(find(documents, 'PersistentVolumeClaim').spec).toEqual({
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '200Gi' } },
      storageClassName: '',
      volumeMode: 'Filesystem',
      volumeName: 'darkroom-photos',
    });
  });
});

type Build = (chart: Chart) => void;

function linesOf(build: Build, props: EnvironmentProps = {}): string[] {
  const app = exampleApp();
  const environment = new Environment(app, 'staging', { podSecurity: 'privileged', ...props });
  build(new Chart(environment, 'studio', { namespace: 'staging' }));
  return problemLines(app);
}

const size = Size.gibibytes(1);
const claim = (props: Partial<VolumeClaimProps>, id = 'photos') => {
  return (chart: Chart) => void new VolumeClaim(chart, id, { size, ...props } as VolumeClaimProps);
};
const volume = (props: Partial<StaticVolumeProps>) => {
  return (chart: Chart) => void new StaticVolume(chart, 'photos', { source: nfs, size, ...props });
};

describe('fails', () => {
  test.each<[string, Build, RegExp, EnvironmentProps?]>([
    [
      'for a claim of nothing',
      claim({ size: Size.gibibytes(0) }),
      /^staging\/studio\/photos: size must be more than 0, got 0 B\. /,
    ],
    [
      'for a name that is none',
      claim({}, 'My photos'),
      /: name must be a name of at most 253 .*, got "My photos"\. /,
    ],
    [
      'for a volume that nodes share where the cloud comes with none',
      claim({ access: READ_WRITE_MANY }),
      /: storageClass must be given for ReadWriteMany in an environment of aws, .*, got none\. .*sharedStorageClass/,
      { cloud: 'aws' },
    ],
    [
      'for more than the volume holds',
      (chart) => {
        const own = new StaticVolume(chart, 'nfs', { source: nfs, size });
        new VolumeClaim(chart, 'photos', { volume: own, size: Size.gibibytes(2) });
      },
      /^staging\/studio\/photos: size must be 1,024 MiB \(size of the volume\) or less, got 2,048 MiB\. /,
    ],
    [
      'for what the volume cannot do',
      (chart) => {
        const own = new StaticVolume(chart, 'nfs', { source: nfs, size });
        new VolumeClaim(chart, 'photos', { volume: own, access: READ_WRITE_ONCE_POD });
      },
      /^staging\/studio\/photos: access must be what the volume can do \(ReadWriteMany\), got ReadWriteOncePod\. /,
    ],
    [
      'for a second claim of one volume',
      (chart) => {
        const own = new StaticVolume(chart, 'nfs', { source: nfs, size });
        new VolumeClaim(chart, 'one', { volume: own });
        new VolumeClaim(chart, 'two', { volume: own });
      },
      /^staging\/studio\/nfs: claim must be one: one has the volume already, got two\. /,
    ],
    [
      'for a folder that is none',
      volume({ source: { ...nfs, path: 'photos' } }),
      /: source\.path must be an absolute path without \.\., got "photos"\. /,
    ],
    [
      'for a server without a name',
      volume({ source: { ...nfs, server: '' } }),
      /: source\.server must not be empty, got ""\. /,
    ],
    [
      'for NFS that one pod uses',
      volume({ access: [READ_WRITE_ONCE_POD] }),
      /: access must not be ReadWriteOncePod for nfs, got ReadWriteOncePod\. /,
    ],
    [
      'for a disk of one node that many use',
      volume({ source: { kind: 'local', path: '/mnt', node: 'a' }, access: [READ_ONLY_MANY] }),
      /: access must be ReadWriteOnce for local, got ReadOnlyMany\. /,
    ],
    [
      'for a volume that nobody can delete',
      volume({ reclaimPolicy: 'Delete' as StaticVolumeProps['reclaimPolicy'] & string }),
      /: reclaimPolicy must be Retain for nfs, .*, got Delete\. /,
    ],
    [
      'for options of a mount without any',
      volume({ source: { kind: 'local', path: '/mnt', node: 'a' }, mountOptions: ['noatime'] }),
      /: mountOptions must be left out for local, .*, got noatime\. /,
    ],
  ])('%s', (_, build, line, ...[props]) => {
    expect(linesOf(build, props)).toEqual([expect.stringMatching(line)]);
  });

  test('for a volume whose claim lies in no namespace', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'studio');
    const own = new StaticVolume(chart, 'nfs', { source: nfs, size });
    new VolumeClaim(chart, 'photos', { volume: own });
    expect(problemLines(app)).toEqual([
      expect.stringMatching(/^studio\/nfs: claim must lie in a namespace that its chart names, /),
    ]);
  });
});

test('one pod that ends before the next one starts may have a volume of one node', () => {
  const lines = linesOf((chart) => {
    const photos = new VolumeClaim(chart, 'photos', { size });
    const web = new Deployment(chart, 'web', {
      replicas: 1,
      strategy: DeploymentStrategy.recreate(),
      containers: [{ image: 'web' }],
    });
    web.containers[0]?.mount('/srv', photos);
  });
  expect(lines).toEqual([]);
});
