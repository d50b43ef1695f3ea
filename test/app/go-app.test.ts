import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { type CapstanAppProps, GoApp, type GoAppOptions, type GoAppRef } from '../../lib';
import { describeApp } from '../../lib/model';
import { RUNTIME_FOLDER } from '../../lib/package-root';
import { anyImage, exampleApp, exampleWorker } from '../worker/example-worker';

/** What the image of a worker is looked up by. */
function lookedUp(options: GoAppOptions, props: CapstanAppProps = {}): GoAppRef[] {
  const refs: GoAppRef[] = [];
  const images = {
    resolve: (ref: GoAppRef) => {
      refs.push(ref);
      return anyImage.resolve(ref);
    },
  };
  const chart = new Chart(exampleApp({ images, ...props }), 'darkroom');
  exampleWorker(chart, { app: GoApp.fromDirectory('apps/develop', options) });
  return refs;
}

test('an image is looked up once, by the folder of its app, in the registry of the program', () => {
  const app = { name: 'develop', directory: 'apps/develop' };
  expect(lookedUp({})).toEqual([{ ...app, repository: 'localhost:5000/develop' }]);
  expect(lookedUp({}, { registry: 'ghcr.io/acme' })).toEqual([
    { ...app, repository: 'ghcr.io/acme/develop' },
  ]);
});

test('an app can name its repository whole', () => {
  const [ref] = lookedUp({ repository: 'quay.io/acme/photos' }, { registry: 'ghcr.io/acme' });
  expect(ref?.repository).toBe('quay.io/acme/photos');
});

test('a trailing slash changes nothing about the name', () => {
  expect(GoApp.fromDirectory('apps/develop/').name).toBe('develop');
});

test('a service and a program say what they are; a shipped app lies in the package', () => {
  expect(GoApp.fromDirectory('apps/upload', { kind: 'service' })).toMatchObject({
    kind: 'service',
    handler: 'New',
  });
  expect(GoApp.fromDirectory('apps/tail', { kind: 'program' }).kind).toBe('program');
  const streams = GoApp.shipped('streams', { repository: 'quay.io/acme/streams' });
  expect(streams.reference('ghcr.io/acme')).toEqual({
    name: 'capstan-streams',
    directory: join(RUNTIME_FOLDER, 'apps', 'streams'),
    repository: 'quay.io/acme/streams',
  });
});

test('an app brings the clients of the brokers that its uses talk to', () => {
  const app = GoApp.fromDirectory('apps/develop');
  expect(app.describe('ghcr.io/acme', { memory: {} }).brokers).toEqual([]);
  expect(app.describe('ghcr.io/acme', { jetstream: {} }).brokers).toEqual(['jetstream']);
  const traced = app.describe('ghcr.io/acme', { jetstream: {} }, { telemetry: {} });
  expect(traced.brokers).toEqual(['jetstream', 'telemetry']);
  const limited = app.describe('ghcr.io/acme', { memory: {} }, { protect: { adaptive: {} } });
  expect(limited.brokers).toEqual(['adaptive']);
  expect(app.describe('ghcr.io/acme', { memory: {} }, { protect: {} }).brokers).toEqual([]);
});

test('fails with an app of another kind', () => {
  const chart = new Chart(exampleApp(), 'darkroom');
  exampleWorker(chart, { app: GoApp.fromDirectory('apps/upload', { kind: 'service' }) });
  expect(chart.node.findAll().flatMap((it) => it.node.validate())).toEqual([
    "app must be a worker, got apps/upload, which is a service. Use GoApp.fromDirectory('…', { kind: 'worker' }), and a folder with such an app.",
  ]);
});

test('the model of a program has the apps of other constructs', () => {
  const app = exampleApp();
  const chart = new Chart(app, 'darkroom');
  const upload = GoApp.fromDirectory('apps/upload', { kind: 'service' }).describe('ghcr.io/acme');
  describeApp(chart, () => ({ path: 'darkroom/upload', name: 'upload', app: upload }));
  expect(app.model().apps).toEqual([{ path: 'darkroom/upload', name: 'upload', app: upload }]);
});
