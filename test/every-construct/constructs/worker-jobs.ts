import { type Chart, Duration } from 'cdk8s';
import { PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { Source, WorkerCronJob, WorkerJob } from '../../../lib';
import { exampleProps } from '../../worker/example-worker';

const { scale: _, source: __, ...pod } = exampleProps;
const at = { pods: { app: 'nats' }, namespace: { 'kubernetes.io/metadata.name': 'messaging' } };

/** Jobs, one for each source, and jobs that run again and again. */
export function add(chart: Chart): void {
  const seeds = Array.from({ length: 20 }, (_seed, page) => ({ page }));
  const source = Source.memory({ seeds });
  new WorkerJob(chart, 'job-of-seeds', { ...pod, source, completions: 5, parallelism: 2 });
  const claim = PersistentVolumeClaim.fromClaimName(chart, 'JobPhotos', 'photos');
  const volume = Volume.fromPersistentVolumeClaim(chart, 'JobVolume', claim);
  new WorkerJob(chart, 'job-of-files', {
    ...pod,
    source: Source.folder({ volume }),
    deadline: Duration.hours(1),
    keepFor: Duration.days(1),
  });
  new WorkerJob(chart, 'job-of-broker', {
    ...pod,
    source: Source.jetStream({ servers: ['nats.messaging.svc:4222'], at, stream: 'photos', consumer: 'job' }),
    parallelism: 3,
    tasks: 5000,
  });
  new WorkerCronJob(chart, 'nightly', { ...pod, source, schedule: '30 3 * * *', timeZone: 'Europe/Oslo' });
  new WorkerCronJob(chart, 'often', { ...pod, source, schedule: '*/20 * * * *', overlap: 'replace' });
}
