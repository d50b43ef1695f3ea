import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { CapstanApp, Environment } from '../../lib';
import { anyImage } from '../worker/example-worker';
import { constructFiles } from './app';
import { ENVIRONMENTS } from './environments';

/** Where a chart with every construct stands, and what stands beside it. */
interface Place {
  /** Constructs between the environment and the chart. */
  readonly path: readonly string[];
  readonly chart: string;
  /** Other charts, made before or after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const HOME: Place = { path: [], chart: 'home', before: [], after: [] };

const id = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const places: fc.Arbitrary<Place> = fc
  .record({
    path: fc.array(id, { maxLength: 3 }),
    chart: id,
    before: fc.uniqueArray(id, { maxLength: 2 }),
    after: fc.uniqueArray(id, { maxLength: 2 }),
  })
  .filter(({ path, chart, before, after }) => {
    const first = path[0] ?? chart;
    return new Set([first, ...before, ...after]).size === 1 + before.length + after.length;
  });

/** The documents of every construct at a place, by kind and name, with a Service of each Deployment. */
function documentsAt({ path, chart, before, after }: Place): Record<string, unknown> {
  const app = new CapstanApp({ images: anyImage });
  const environment = new Environment(app, 'bare', ENVIRONMENTS.bare);
  const namespace = { namespace: environment.namespace };
  for (const sibling of before) new Chart(environment, sibling, namespace);
  const scope = path.reduce<Construct>((above, name) => new Construct(above, name), environment);
  const home = new Chart(scope, chart, namespace);
  for (const [, { add }] of constructFiles()) add(home);
  for (const sibling of after) new Chart(environment, sibling, namespace);
  for (const found of home.node.findAll()) {
    if (found instanceof Deployment) found.exposeViaService({ name: `${found.name}-exposed` });
  }
  const documents = app.documents().map((document) => {
    const { kind, metadata } = document as { kind: string; metadata: { name: string; namespace?: string } };
    return [`${kind} ${metadata.namespace} ${metadata.name}`, document] as const;
  });
  return Object.fromEntries(documents);
}

test('moving every construct, renaming its chart and adding siblings changes no document', () => {
  const home = documentsAt(HOME);
  expect(Object.keys(home).length).toBeGreaterThan(100);
  fc.assert(
    fc.property(places, (place) => {
      expect(documentsAt(place)).toEqual(home);
    }),
    { numRuns: 12 },
  );
});

test('it would show a name that follows from the path', () => {
  const service = (chart: string) => {
    const deployment = new Deployment(new Chart(new CapstanApp(), chart), 'plain', {
      containers: [{ image: 'studio:1.0', portNumber: 80 }],
    });
    return deployment.exposeViaService().name;
  };
  expect(service('one')).not.toBe(service('two'));
});
