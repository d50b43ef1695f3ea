import { beforeEach, describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { acknowledge, GoApp, Source, VolumeClaim, WorkerCronJob } from '../../lib';
import { exampleService } from '../service/example-service';
import { exampleService as exampleServer } from '../stateful/example-service';
import { temporaryFolder } from '../temporary-folder';
import { exampleApp, exampleProps, exampleWorker } from '../worker/example-worker';

let outdir: string;
beforeEach(() => {
  outdir = temporaryFolder();
});

/** A run of a program whose chart has what `build` makes. */
function synth(build: (chart: Construct) => void): void {
  const app = exampleApp({ outdir });
  build(new Chart(app, 'shop', { namespace: 'shop' }));
  app.synth();
}

const RESIZE = GoApp.fromDirectory('apps/resize');
const CRAWL = GoApp.fromDirectory('apps/crawl');

const stream = (name: string) =>
  Source.jetStream({
    servers: ['nats://broker.example.com:4222'],
    stream: name,
    consumer: 'resize',
    at: { cidr: '203.0.113.7/32' },
  });

const worker =
  (id: string, props: Partial<typeof exampleProps> = {}) =>
  (chart: Construct) =>
    exampleWorker(chart, { app: RESIZE, ...props }, id);

const sweep = (id: string) => (chart: Construct) =>
  new WorkerCronJob(chart, id, {
    app: RESIZE,
    source: Source.memory({ seeds: ['thumbnails', 'uploads'] }),
    task: { ...exampleProps.task, duration: { mean: Duration.seconds(1), max: Duration.minutes(1) } },
    schedule: '30 3 * * *',
    concurrency: 1,
  });

const reader =
  (claim: string, path = '/photos') =>
  (chart: Construct) => {
    const photos = new VolumeClaim(chart, claim, {
      size: Size.gibibytes(1),
      access: 'ReadWriteMany' as never,
    });
    exampleWorker(chart, { volumes: [photos.mount(path)] });
  };

type Build = (chart: Construct) => void;

describe('fails for a rename of', () => {
  test.each<[what: string, place: string, before: Build, after: Build]>([
    ['a worker that is called like its app', 'Deployment shrink', worker('resize'), worker('shrink')],
    ['a worker of another app name', 'Deployment second', worker('first'), worker('second')],
    [
      'a worker that has other numbers, and takes from the same stream as before',
      'Deployment shrink',
      worker('resize', { source: stream('photos') }),
      worker('shrink', { source: stream('photos'), concurrency: 2 }),
    ],
    ['a service', 'Deployment intake', (it) => exampleService(it), (it) => exampleService(it, {}, 'intake')],
    ['a scheduled worker', 'CronJob tidy', sweep('sweep'), sweep('tidy')],
    [
      'members with volumes',
      'StatefulSet book',
      (it) => exampleServer(it),
      (it) => exampleServer(it, {}, 'book'),
    ],
    ['a claim', 'PersistentVolumeClaim images', reader('photos'), reader('images')],
  ])('%s', (_, place, before, after) => {
    synth(before);
    expect(() => synth(after)).toThrow(`${place} metadata.name must stay `);
    synth((chart) => {
      acknowledge(chart, 'renamed-object', 'It is a test.');
      after(chart);
    });
    expect(() => synth(after)).not.toThrow();
  });
});

describe('lets through, where one is gone and another has come,', () => {
  test.each<[what: string, before: Build, after: Build]>([
    ['workers of two apps', worker('resize'), worker('crawl', { app: CRAWL })],
    ['workers of one app with other pods', worker('first'), worker('second', { concurrency: 2 })],
    [
      'workers of one app that take from two streams',
      worker('resize', { source: stream('photos') }),
      worker('shrink', { source: stream('videos') }),
    ],
    ['claims for two purposes', reader('photos'), reader('images', '/images')],
  ])('%s', (_, before, after) => {
    synth(before);
    expect(() => synth(after)).not.toThrow();
  });
});
