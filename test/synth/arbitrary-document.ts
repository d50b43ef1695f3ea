import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../lib';

/** Texts that mean something else without quotes, or to YAML 1.1, or that end a document. */
export const WORDS: readonly string[] = [
  ...['y', 'Yes', 'NO', 'n', 'on', 'Off', 'true', 'FALSE', 'null', 'Null', '~', '', '.inf', '-.inf', '.NaN'],
  ...[
    '010',
    '0o17',
    '-0o17',
    '0O1_7',
    '0x1F',
    '0X1f',
    '0b11',
    '-0b1',
    '1_000',
    '+1',
    '-0',
    '9223372036854775808',
  ],
  ...['1e3', 'e3', 'E-3', 'e3a', '1.', '.5', '1_0.5', '12:30:45', '190:20:30.15', '1:30', '0777:1'],
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
  ...[
    '\ta\nb',
    '\n\ta\n',
    'a\n\tb\n',
    ' \ta\nb',
    'a\r\nb',
    '#!/bin/sh\necho "$1"\n',
    'a: b\n- c\n',
    'tab\t\n',
  ],
  ...[
    '\0',
    '\x01a\nb',
    '\x07',
    '\x1b[0m',
    '\x7f',
    'a\x7f\nb',
    '\x80',
    '\x85',
    'a\x85b',
    '\x9f',
    '\xa0',
    '\xad',
  ],
  ...['\u2028', 'a\u2028b\nc', '\u2029', '\ufeff', 'a\ufeffb', '\ufffe', '\uffff', '\u{1ffff}', 'é', '😀'],
  ...['k8s.io/a-b_c.d', 'sha256:0a', '__proto__', 'toJSON', '\\ud800'],
];

const NUMBERS = [
  0,
  -0,
  -1,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  1e21,
  1e-7,
  0.1,
  5e-324,
  Number.MAX_VALUE,
];

/** Any text but one with half of a character. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  fc.array(fc.constantFrom(...WORDS, 'word', ' ', '\n'), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[a-z][\w.:/-]{0,300}$/),
  fc.stringMatching(/^[-+]?0?[bBoOxX]?[0-9_:.eE+-]{1,6}$/),
);
const key = fc.oneof(text, fc.constantFrom('name', 'a/b', '1', 'k'.repeat(1100), `${'k'.repeat(1100)}\x7f`));
const scalar = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.constantFrom(...NUMBERS),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
  ),
}));

/** Any document, with fields and texts that readers of YAML may take for something else. */
export const arbitraryDocument: fc.Arbitrary<JsonObject> = fc.dictionary(key, value, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
});
