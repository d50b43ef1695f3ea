import { type Chart, Size } from 'cdk8s';
import { StaticVolume, type StaticVolumeSource, VolumeClaim } from '../../../lib';
import { exampleProps, exampleWorker } from '../../worker/example-worker';

const SOURCES: Readonly<Record<string, StaticVolumeSource>> = {
  csi: { kind: 'csi', driver: 'nfs.csi.k8s.io', handle: 'photos', zone: 'a' },
  nfs: { kind: 'nfs', server: 'nfs.example.com', path: '/photos' },
  local: { kind: 'local', path: '/mnt/photos', node: 'node-1' },
};

/** A volume of each kind with its claim, and a claim that a StorageClass serves, which a worker mounts. */
export function add(chart: Chart): void {
  for (const [id, source] of Object.entries(SOURCES)) {
    const volume = new StaticVolume(chart, id, { source, size: Size.gibibytes(200) });
    new VolumeClaim(chart, `${id}-claim`, { volume });
  }
  const claim = new VolumeClaim(chart, 'scratch', { size: Size.gibibytes(20) });
  const rollout = { maxSurge: 0 };
  exampleWorker(
    chart,
    { volumes: [claim.mount('/scratch')], rollout, scale: { ...exampleProps.scale, min: 1, max: 1 } },
    'one',
  );
}
