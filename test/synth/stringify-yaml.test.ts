import { describe, expect, test } from '@jest/globals';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import type { JsonObject } from '../../lib';
import { isReadOtherwise } from '../../lib/synth/kubectl-reading';
import { stringifyYaml } from '../../lib/synth/stringify-yaml';
import { WORDS } from './arbitrary-document';

const WITH_HALVES = [...WORDS, '\ud800'];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WITH_HALVES) },
  fc.array(fc.constantFrom(...WORDS, 'word', ' ', '\n'), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[a-z][\w.:/-]{0,300}$/),
);
const key = fc.oneof(text, fc.constantFrom('name', 'a/b', '__proto__', 'toJSON', '1'));
const scalar = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, 2 ** 53, 2 ** 70, 10n ** 20n),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: false }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
  ),
}));
const documents = fc.array(fc.dictionary(key, value, { maxKeys: 5 }), { maxLength: 3 });

/** Any values stand for documents here: what is no plain data is left to cdk8s. */
function ours(...values: readonly unknown[]): string {
  return stringifyYaml(values as JsonObject[]);
}

/** Whether cdk8s writes a text in a value, or the name of a field, so that kubectl reads it as something else. */
function isMisread(value: unknown): boolean {
  if (typeof value === 'string') return isReadOtherwise(Yaml.stringify([value]).slice('- '.length, -1));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, field]) => isMisread(key) || isMisread(field));
}

describe('stringifyYaml', () => {
  test('gives the bytes of cdk8s for any plain data', () => {
    fc.assert(
      fc.property(documents, (all) => ours(...all) === Yaml.stringify(...all) || isMisread(all)),
      { numRuns: 3000 },
    );
  });

  test.each(WITH_HALVES.filter((word) => !isMisread(word)))(
    'gives the bytes of cdk8s for %j as a key, as a value and in a list',
    (word) => {
      const all = [
        { [word]: word, list: [word, [word]], deep: { deep: { [word]: word, list: [{ [word]: word }] } } },
      ];
      expect(ours(...all)).toBe(Yaml.stringify(...all));
    },
  );

  test('gives the bytes of cdk8s for what is no plain data', () => {
    const shared = { a: 1 };
    const holes: unknown[] = ['a'];
    holes[3] = 'b';
    const all = [
      ...[{ one: shared, other: shared }, { list: [shared, shared] }, { empty: [[], {}] }, { holes }],
      ...[
        { date: new Date(0) },
        { map: new Map([['a', 1]]) },
        { set: new Set(['a']) },
        { json: { toJSON: () => 1 } },
      ],
      ...[
        { long: 'x'.repeat(3000), ['k'.repeat(1100)]: 1, ['k'.repeat(900)]: 1 },
        undefined,
        {},
        [],
        ['a'],
        'a',
        1,
      ],
    ];
    for (const one of all) expect(ours(one)).toBe(Yaml.stringify(one));
    expect(ours(...all)).toBe(Yaml.stringify(...all));
  });

  test('writes an object that is there twice as cdk8s does', () => {
    const shared = { a: 1 };
    expect(ours({ one: shared, other: shared })).toMatch(/one: &a1\n/);
  });
});
