import type { Chart } from 'cdk8s';
import { PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { Source } from '../../../lib';
import { exampleProps, exampleWorker } from '../../worker/example-worker';

/** Workers, one for each source. */
export function add(chart: Chart): void {
  const claim = PersistentVolumeClaim.fromClaimName(chart, 'Photos', 'photos');
  const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim);
  const egress = [{ cidr: '203.0.113.0/24', ports: [443] }];
  exampleWorker(chart, { egress }, 'from-memory');
  const one = { ...exampleProps.scale, min: 1, max: 1 };
  exampleWorker(chart, { source: Source.folder({ volume }), scale: one }, 'from-folder');
}
