import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart, JsonPatch, Size, Testing } from 'cdk8s';
import { StatefulSet } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { CapstanApp, fill, type JsonValue, refine, remove, SpecError, set } from '../../lib';
import { lostRefinements, refineFrom, refine as refineOurs } from '../../lib/refine';

function configMap(chart: Chart, fields: Record<string, unknown> = {}): ApiObject {
  return new ApiObject(chart, 'Object', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'it' },
    ...fields,
  });
}

function render(chart: Chart): Record<string, unknown> {
  return Testing.synth(chart)[0];
}

describe('refine', () => {
  test('brings a field that the mappers of cdk8s-plus do not know, where a patch loses it', () => {
    const claim = { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1Gi' } } } };
    const pointer = '/spec/volumeClaimTemplates';
    const claims = (change: (set: StatefulSet) => void) => {
      const chart = Testing.chart();
      const stateful = new StatefulSet(chart, 'Stateful', { containers: [{ image: 'it', portNumber: 80 }] });
      change(stateful);
      const spec = Testing.synth(chart).find((it) => it.kind === 'StatefulSet').spec;
      return spec.volumeClaimTemplates;
    };
    expect(claims((it) => refine(it, set(pointer, [claim])))).toEqual([claim]);
    expect(claims((it) => ApiObject.of(it).addJsonPatch(JsonPatch.add(pointer, [claim])))).not.toEqual([
      claim,
    ]);
  });

  test('brings what follows from the document, and fails when it gets lost', () => {
    const chart = Testing.chart();
    const object = configMap(chart, { data: { a: '1' } });
    refine(object, set('/data/b', '2'));
    refineFrom(object, ({ data }) => [set('/metadata/annotations/keys', Object.keys(data ?? {}).join())]);
    expect(render(chart).metadata).toMatchObject({ annotations: { keys: 'a,b' } });
    refineFrom(object, () => [remove('/metadata/annotations')]);
    expect(() => render(chart)).toThrow(/refinement \/metadata\/annotations\/keys must be in the ConfigMap/);
  });

  test('brings any value to any field, whole', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((it) => it !== '*');
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 4 }),
        fc.jsonValue({ maxDepth: 3 }),
        (keys, value) => {
          const chart = Testing.chart();
          const pointer = ['data', ...keys]
            .map((it) => `/${it.replaceAll('~', '~0').replaceAll('/', '~1')}`)
            .join('');
          refine(configMap(chart), set(pointer, value as JsonValue));
          const found = keys.reduce<unknown>(
            (it, name) => (it as Record<string, unknown>)[name],
            render(chart).data,
          );
          expect(JSON.stringify(found)).toBe(JSON.stringify(sorted(value)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('the last refinement of a pointer wins', () => {
    const chart = Testing.chart();
    const object = configMap(chart);
    refine(object, set('/data/a', '1'), remove('/data/b'));
    refine(object, set('/data/a', '2'), set('/data/b', '3'));
    expect(render(chart).data).toEqual({ a: '2', b: '3' });
  });

  test('fill leaves what is there, remove takes it away', () => {
    const chart = Testing.chart();
    refine(
      configMap(chart, { data: { a: '1', c: '3' } }),
      fill('/data/a', '9'),
      fill('/data/b', '2'),
      remove('/data/c'),
    );
    expect(render(chart).data).toEqual({ a: '1', b: '2' });
  });

  test('* stands for every element of a list, and never makes one', () => {
    const chart = Testing.chart();
    const object = configMap(chart, { data: { list: [{ a: 1 }, {}] } });
    refine(object, fill('/data/list/*/a', 2));
    expect(render(chart).data).toEqual({ list: [{ a: 1 }, { a: 2 }] });
    refineOurs(object, set('/data/none/*/a', 3), remove('/data/none'));
    expect(render(chart).data).toEqual({ list: [{ a: 1 }, { a: 2 }] });
  });

  test.each([
    [remove('/data/nane'), "refinement remove('/data/nane') must find something in the ConfigMap"],
    [remove('/data/none/0/a'), "refinement remove('/data/none/0/a') must find something"],
    [remove('/data/list/name=z'), "refinement remove('/data/list/name=z') must find something"],
    [set('/data/none/*/a', 3), "refinement set('/data/none/*/a') must find something"],
    [fill('/data/empty/*/a', 3), "refinement fill('/data/empty/*/a') must find something"],
    [
      set('data/a', 'v'),
      'must have a JSON pointer such as /metadata/labels/app, got "data/a". Begin it with /',
    ],
    [set('', 'v'), 'must have a JSON pointer such as /metadata/labels/app, got ""'],
    [remove('/data/a~2'), 'must have a JSON pointer'],
    [{ op: 'zap', pointer: '/data/a' } as never, 'refinement /data/a must be set, fill or remove, got "zap"'],
    [undefined as never, 'refinement must be made by set, fill or remove, got '],
    [set('/data/u', undefined as never), 'refinement /data/u must have a value, got undefined'],
  ])('fails when a refinement is none or finds nothing: %j', (change, message) => {
    const chart = Testing.chart();
    refine(configMap(chart, { data: { list: [{ name: 'a' }], empty: [] } }), change);
    expect(() => render(chart)).toThrow(message);
  });

  test('rendering twice changes nothing', () => {
    const chart = Testing.chart();
    refine(configMap(chart, { data: { gone: '1' } }), set('/data/list', [1, 2]), remove('/data/gone'));
    expect(render(chart)).toEqual(render(chart));
  });

  test('an element of a list is named by a field of it', () => {
    const chart = Testing.chart();
    const list = [{ name: 'a' }, { name: 'b', size: 1 }, { name: 'b' }, 3, 'name=b'];
    refine(configMap(chart, { data: { list } }), set('/data/list/name=b/size', 2));
    const expected = [{ name: 'a' }, { name: 'b', size: 2 }, { name: 'b', size: 2 }, 3, 'name=b'];
    expect(render(chart).data).toEqual({ list: expected });
  });

  test('elements of a list are taken out, and the others move up', () => {
    const chart = Testing.chart();
    const list = [{ name: 'a' }, { name: 'b' }, { name: 'b' }, { name: 'c' }];
    const data = { list, first: [1, 2], all: [1, 2] };
    refine(
      configMap(chart, { data }),
      remove('/data/list/name=b'),
      remove('/data/first/0'),
      remove('/data/all/*'),
    );
    expect(render(chart).data).toEqual({ list: [{ name: 'a' }, { name: 'c' }], first: [2], all: [] });
  });

  test('fails when a pointer names an element that the list does not have', () => {
    const chart = Testing.chart();
    refine(configMap(chart, { data: { list: [{ name: 'a' }] } }), set('/data/list/name=b/size', 1));
    expect(() => render(chart)).toThrow('refinement /data/list/name=b/size must be in the ConfigMap');
  });

  test('fails when a pointer leads into a list that has no such element', () => {
    const chart = Testing.chart();
    refine(configMap(chart, { data: { list: [] } }), set('/data/list/0/a', 1));
    expect(() => render(chart)).toThrow(SpecError);
    expect(() => render(chart)).toThrow(
      'test/Object: refinement /data/list/0/a must be in the ConfigMap that is written, got a document without it. ',
    );
  });

  test('fails when one refinement overwrites another', () => {
    const chart = Testing.chart();
    refine(configMap(chart), set('/data/a', '1'), set('/data', { b: '2' }));
    expect(() => render(chart)).toThrow('refinement /data/a must be in the ConfigMap');
  });

  test('fails when something after it drops the field, in CapstanApp', () => {
    const app = new CapstanApp({ outdir: Testing.app().outdir });
    const object = configMap(new Chart(app, 'test'));
    refine(object, set('/data/a', '1'));
    const whole = object.toJson.bind(object);
    object.toJson = () => ({ ...whole(), data: {} });
    expect(() => app.synth()).toThrow('test/Object: refinement /data/a must be in the ConfigMap');
  });

  test('works in the App of cdk8s', () => {
    const app = new App({ outdir: Testing.app().outdir });
    refine(configMap(new Chart(app, 'test')), set('/data/size', Size.gibibytes(1).asString()));
    expect(app.synthYaml()).toMatch(/^ {2}size: \S/m);
  });
});

test('a document without the refinement is recognized, whichever kind it is', () => {
  const object = configMap(Testing.chart(), { data: { gone: '1' } });
  refine(object, set('/data/a', '1'), fill('/data/b', '1'), remove('/data/gone'));
  expect(lostRefinements(object, object.toJson())).toEqual([]);
  expect(lostRefinements(object, { data: { a: '2', gone: '1' } })).toEqual([
    '/data/a',
    '/data/b',
    '/data/gone',
  ]);
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
