import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { darkroomApp } from '../../charts/app';
import { Environment, type SynthesizedObject } from '../../lib';
import { anyImage, exampleApp } from '../worker/example-worker';

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} });
const namesOf = (objects: readonly SynthesizedObject[]) =>
  objects.map(({ document }) => (document.metadata as { name: string }).name);

/** What stands before each object in the list is all that it depends on. */
function expectDependenciesFirst(objects: readonly SynthesizedObject[]) {
  objects.forEach(({ dependsOn }, index) => {
    const before = objects.slice(0, index);
    expect(dependsOn.filter((it) => !before.includes(it))).toEqual([]);
    expect(new Set(dependsOn).size).toBe(dependsOn.length);
  });
}

describe('objects of an app', () => {
  test('are its documents, each with the path of what a user made', () => {
    const app = darkroomApp({ images: anyImage });
    for (const environment of app.environments) {
      const objects = app.objects({ environment });
      const documents = app.documents({ environment });
      expect(new Set(objects.map(({ document }) => JSON.stringify(document)))).toEqual(
        new Set(documents.map((document) => JSON.stringify(document))),
      );
      expect(objects).toHaveLength(documents.length);
      expect(
        objects.every(({ path }) => path.startsWith(`${environment}/`) && !path.endsWith('/Resource')),
      ).toBe(true);
      expectDependenciesFirst(objects);
    }
  });

  test('depend on what is named at anything around them in their chart, precisely', () => {
    const app = exampleApp();
    const [base, shop] = [new Chart(app, 'base'), new Chart(app, 'shop')];
    const needed = new ApiObject(base, 'needed', configMap('needed'));
    new ApiObject(base, 'other', configMap('other'));
    const part = new Construct(shop, 'part');
    new ApiObject(new Construct(part, 'deep'), 'user', configMap('user'));
    new ApiObject(shop, 'neighbour', configMap('neighbour'));
    part.node.addDependency(needed);
    const byName = new Map(app.objects().map((it) => [namesOf([it])[0], namesOf(it.dependsOn)]));
    expect(Object.fromEntries(byName)).toEqual({ needed: [], other: [], user: ['needed'], neighbour: [] });
  });

  test('come after those of charts in their chart', () => {
    const app = exampleApp();
    const outer = new Chart(app, 'outer');
    new ApiObject(outer, 'outer', configMap('outer'));
    new ApiObject(new Chart(outer, 'inner'), 'inner', configMap('inner'));
    expect(namesOf(app.objects())).toEqual(['inner', 'outer']);
  });

  test('leave out what stands in another environment', () => {
    const app = exampleApp();
    const make = (name: string) => {
      const environment = new Environment(app, name);
      return new Chart(environment, 'shop', { namespace: environment.namespace });
    };
    const [dev, live] = [make('dev'), make('live')];
    const first = new ApiObject(dev, 'it', configMap('first'));
    new ApiObject(live, 'it', configMap('last')).addDependency(first);
    const [last] = app.objects({ environment: 'live' }).filter((it) => namesOf([it])[0] === 'last');
    expect(namesOf(last?.dependsOn ?? [])).toEqual(['live']);
  });

  test('break the circle of a Namespace that is to come after something in it', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const inside = new ApiObject(chart, 'inside', configMap('inside'));
    new ApiObject(chart, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    }).addDependency(inside);
    const objects = app.objects();
    expect(namesOf(objects)).toContain('shop');
    expectDependenciesFirst(objects);
  });

  test('stand after all that they depend on, whatever depends on what', () => {
    const edge = fc.tuple(fc.nat(11), fc.nat(11)).filter(([from, to]) => from > to);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 30 }), (edges) => {
        const app = exampleApp();
        const chart = new Chart(app, 'shop');
        const made = Array.from(
          { length: 12 },
          (_, at) => new ApiObject(chart, `o${at}`, configMap(`o${at}`)),
        );
        for (const [from, to] of edges) {
          const [one, other] = [made[from], made[to]];
          if (one !== undefined && other !== undefined) one.addDependency(other);
        }
        const objects = app.objects();
        expectDependenciesFirst(objects);
        const found = objects.flatMap((it) =>
          namesOf(it.dependsOn).map((name) => `${namesOf([it])[0]}>${name}`),
        );
        expect(new Set(found)).toEqual(new Set(edges.map(([from, to]) => `o${from}>o${to}`)));
      }),
      { numRuns: 50 },
    );
  });
});
