import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changesAsManifested, fieldChanges, pathOf } from '../../lib/diff/field-changes';

const paths = (was: unknown, is: unknown) => fieldChanges(was, is).map(pathOf);

describe('places where documents differ', () => {
  test.each<[string, unknown, unknown, string[]]>([
    ['a field', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    ['a name with a slash', { a: { 'b/c': 1 } }, { a: { 'b/c': 2 } }, ['a["b/c"]']],
    ['an element by its name', { l: [{ name: 'x', v: 1 }] }, { l: [{ name: 'x', v: 2 }] }, ['l[x].v']],
    [
      'an element that comes in front',
      { l: [{ name: 'x' }] },
      { l: [{ name: 'w' }, { name: 'x' }] },
      ['l[w]'],
    ],
    [
      'the order of elements',
      { l: [{ name: 'x' }, { name: 'y' }] },
      { l: [{ name: 'y' }, { name: 'x' }] },
      ['l'],
    ],
    ['elements without names', { l: [1, 2] }, { l: [1, 3] }, ['l[1]']],
    ['a longer list', { l: [1] }, { l: [1, 2] }, ['l']],
    [
      'a configuration in a text',
      { 'w.json': '{"pool":{"slots":1}}' },
      { 'w.json': '{"pool":{"slots":2}}' },
      ['["w.json"]:.pool.slots'],
    ],
    ['the layout of such a text', { t: '{"a":1}' }, { t: '{ "a": 1 }' }, ['t']],
  ])('%s', (_, was, is, expected) => {
    expect(paths(was, is)).toEqual(expected);
  });
});

test('values are equal exactly where no place differs', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(fieldChanges(one, one)).toEqual([]);
      const isDifferent = sortedText(one) !== sortedText(other);
      expect(fieldChanges(one, other).length > 0).toBe(isDifferent);
    }),
  );
});

test('a server may add what it wants to a manifest', () => {
  const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 1 }));
  fc.assert(
    fc.property(record, fc.dictionary(fc.constantFrom('x', 'y'), fc.jsonValue()), (manifest, added) => {
      expect(changesAsManifested({ ...manifest, ...added }, manifest)).toEqual([]);
    }),
  );
  expect(changesAsManifested({ a: 1, x: 1 }, { a: 2 }).map(pathOf)).toEqual(['a']);
});

/** JSON with fields in one order; `null` is as good as nothing, as it is in manifests. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
