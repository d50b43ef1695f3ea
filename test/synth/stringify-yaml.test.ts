import { describe, expect, test } from '@jest/globals';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import type { JsonObject } from '../../lib';
import { stringifyYaml } from '../../lib/synth/stringify-yaml';

/** Texts that mean something else without quotes, or to YAML 1.1, or that end a document. */
const WORDS = [
  ...['y', 'Yes', 'NO', 'on', 'Off', 'true', 'FALSE', 'null', 'Null', '~', ''],
  ...[
    '010',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '12:30:45',
    '1e3',
    'e3',
    'E-3',
    'e3a',
    '1.',
    '.5',
    '-.inf',
    '.NaN',
    '+1',
    '-0',
  ],
  ...['2001-01-01', '2001-12-14t21:59:43.10-05:00', '<<', '=', '!tag', '&anchor', '*alias', '@at', '`tick`'],
  ...['---', '...', '%YAML', '--- a', 'a\n--- b', 'a\n%b', '- a', '-', '?', '? a', ':', 'a:', 'a: b', 'a:b'],
  ...['#', 'a #b', 'a#b', '[a]', '{a}', 'a, b', '|', '>', '"', "'", `"'`, '\\', ' a', 'a ', '\t', 'a\tb'],
  ...[
    '\n',
    '\n\n',
    'a\n',
    'a\n\n',
    'a\nb',
    ' a\nb',
    'a\n b\n',
    '\na',
    'a\n\n\nb\n \n',
    'a\n  ',
    'a \nb',
    '\r\n',
  ],
  ...['é', '\u0000', '\u0085', '\u2028', '\ufeff', '\ud800', '😀', '\u007f', 'k8s.io/a-b_c.d', 'sha256:0a'],
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
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

describe('stringifyYaml', () => {
  test('gives the bytes of cdk8s for any plain data', () => {
    fc.assert(
      fc.property(documents, (all) => ours(...all) === Yaml.stringify(...all)),
      { numRuns: 3000 },
    );
  });

  test.each(WORDS)('gives the bytes of cdk8s for %j as a key, as a value and in a list', (word) => {
    const all = [
      { [word]: word, list: [word, [word]], deep: { deep: { [word]: word, list: [{ [word]: word }] } } },
    ];
    expect(ours(...all)).toBe(Yaml.stringify(...all));
  });

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
