import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { CapstanApp, fill, type JsonValue, refine, remove, SpecError, set } from '../../lib';
import { stringifyYaml } from '../../lib/synth/stringify-yaml';

/** Values that YAML 1.1, which kubectl reads, takes for something else when they stand there without quotes. */
const TEXTS = [
  'yes',
  'No',
  'on',
  'y',
  '~',
  'null',
  '010',
  '0o7',
  '0x1F',
  '1_000',
  '12:30:45',
  '1e3',
  '.inf',
  '2001-01-01',
];
const MULTILINE = [
  'a\nb\n',
  ' a\n  b',
  'a\n\n\n',
  '\n',
  '#!/bin/sh\necho "$1"\n',
  'a: b\n- c\n',
  '---\n',
  '%x\n',
  'tab\t\n',
];
const NUMBERS = [0, -1, 2 ** 53, -(2 ** 53), 2 ** 63, 1e21, 1e-7, 0.1, 5e-324, Number.MAX_VALUE];

const scalar = fc.oneof(
  fc.constantFrom(...TEXTS, ...MULTILINE),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(...NUMBERS),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const key = fc.oneof(
  fc.constantFrom('spec', 'metadata', 'data', 'kind', 'a/b', '~', '__proto__', ...TEXTS),
  fc.string({ maxLength: 6 }),
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const pointer = fc
  .array(fc.oneof(key, fc.constantFrom('*', '0', 'name=a')), { maxLength: 4 })
  .map((keys) => keys.map((it) => `/${it}`).join(''));
const refinement = fc.oneof(
  fc.tuple(pointer, value).map(([at, it]) => set(at, it)),
  fc.tuple(pointer, value).map(([at, it]) => fill(at, it)),
  pointer.map((at) => remove(at)),
);
const kinds = fc.constantFrom(
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['example.com/v1', 'Thing'],
  ['v1', 'Service'],
);

describe('any document and any refinements', () => {
  test('are written, or refused with a line that names the object', () => {
    let written = 0;
    const isHandled = fc.property(
      kinds,
      fc.dictionary(key, value, { maxKeys: 4 }),
      fc.array(refinement, { maxLength: 3 }),
      ([apiVersion, kind], fields, changes) => {
        const app = new CapstanApp({ outdir: '/nowhere' });
        const { metadata: _, apiVersion: __, kind: ___, ...rest } = fields as Record<string, unknown>;
        const props = {
          ...rest,
          apiVersion: String(apiVersion),
          kind: String(kind),
          metadata: { name: 'it' },
        };
        refine(new ApiObject(new Chart(app, 'chart'), 'it', props), ...changes);
        try {
          if (app.synthYaml() !== '') written++;
        } catch (error) {
          if (!(error instanceof SpecError)) throw error;
          expect(
            error.problems.every(({ path, message }) => path.startsWith('chart/it') && message !== ''),
          ).toBe(true);
        }
      },
    );
    fc.assert(isHandled, { numRuns: 10_000, seed: 20_261_125 });
    expect(written).toBeGreaterThan(1000);
  });

  test('mean the same to a reader of YAML 1.1', () => {
    const isSame = fc.property(
      fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }),
      (document) => {
        const [read] = parseAllDocuments(stringifyYaml([document]), { version: '1.1', merge: false });
        expect(JSON.stringify(read?.toJS() ?? {})).toBe(JSON.stringify(document));
      },
    );
    fc.assert(isSame, { numRuns: 1000, seed: 20_261_125 });
  });
});
