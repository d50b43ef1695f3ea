import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { type CapstanAppProps, GoApp, type GoAppOptions, type GoAppRef } from '../../lib';
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
