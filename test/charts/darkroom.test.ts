import { describe, expect, test } from '@jest/globals';
import { Duration } from 'cdk8s';
import { DarkroomAgents } from '../../charts/agents';
import { Darkroom } from '../../charts/darkroom';
import { AGENTS_NAMESPACE, PLACES } from '../../charts/places';
import { Environment } from '../../lib';
import { matchers } from '../../lib/jest';
import { type Document, documentsOf, exampleApp, find } from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';

expect.extend(matchers);

const app = exampleApp();
const darkrooms = Object.entries(PLACES).map(([name, { environment, site }]) => {
  const place = new Environment(app, name, environment);
  new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
  return [name, new Darkroom(place, 'darkroom', site)] as const;
});

/** What makes pods, and the spec of its pods. */
function workloads(documents: readonly Document[]): { document: Document; pod: Document }[] {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
  return documents
    .filter(({ kind }) => kinds.includes(kind))
    .map((document) => ({ document, pod: document.spec.template.spec }));
}

test('Darkroom synthesizes everywhere without a problem', () => {
  expect(app.model().problems).toEqual([]);
});

describe.each(darkrooms)('Darkroom in %s', (_, darkroom) => {
  const documents = documentsOf(darkroom);

  test('lies in the namespace of its environment, which refuses pods below restricted', () => {
    const { namespace } = Environment.of(darkroom);
    for (const { metadata } of documents) expect([namespace, undefined]).toContain(metadata.namespace);
    for (const { pod } of workloads(documents)) expect(restrictedViolations(pod)).toEqual([]);
  });

  test('has two jobs, opposite in kind', () => {
    const slotsPerCore = (worker: Darkroom['develop']) =>
      worker.plan.figures.poolSlots.value / worker.plan.figures.cpuRequest.value;
    expect(slotsPerCore(darkroom.crawl)).toBeGreaterThan(20 * slotsPerCore(darkroom.develop));
  });

  test('gives handlers only folders that the pod can reach', () => {
    for (const worker of [darkroom.develop, darkroom.crawl]) {
      const { spec } = find(documents, 'Deployment', worker.plan.name);
      const [container] = spec.template.spec.containers;
      const writable = container.volumeMounts.filter((it: Document) => !it.readOnly);
      const { output } = worker.contract.folders ?? {};
      expect(writable.some((it: Document) => `${output}/`.startsWith(`${it.mountPath}/`))).toBe(true);
    }
  });

  test('writes no Secret: all credentials are references', () => {
    expect(documents.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

function darkroomOf(name: string): Darkroom {
  const found = darkrooms.find(([it]) => it === name)?.[1];
  if (found === undefined) throw new Error(`Darkroom is not deployed to ${name}`);
  return found;
}

test.each(['dev', 'edge'])(
  '%s fits its node of two cores, whatever is scaled out and rolled at once',
  (name) => {
    expect(app).toFit(PLACES[name]?.environment.nodePools ?? [], { environment: name });
  },
);

test('the edge has no broker, and no other server', () => {
  expect(workloads(documentsOf(darkroomOf('edge'))).map(({ document }) => document.kind)).not.toContain(
    'StatefulSet',
  );
});

test('production works off an evening of photos within a quarter of an hour', () => {
  expect(darkroomOf('production-aws').develop).toDrainWithin(Duration.minutes(15), { backlog: 50_000 });
});
