import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { covers, isSubject, overlap } from '../../../lib/stateful/nats/subjects';

/** Subjects over a small alphabet, so that many of them meet. */
const word = fc.constantFrom('a', 'b');
const pattern = fc
  .tuple(word, fc.array(fc.oneof(word, fc.constant('*')), { maxLength: 3 }), fc.boolean())
  .map(([first, rest, open]) => [first, ...rest, ...(open ? ['>'] : [])].join('.'));
const message = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join('.'));

/** Whether a subject takes a message, by a regular expression. */
function takes(subject: string, sent: string): boolean {
  const tokens = subject.split('.').map((it) => (it === '*' ? '[^.]+' : it === '>' ? '.+' : it));
  return new RegExp(`^${tokens.join('\\.')}$`).test(sent);
}

/** All messages of up to five words. */
const messages = [1, 2, 3, 4, 5].flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_, at) => ((bits >> at) & 1 ? 'b' : 'a')).join('.'),
  ),
);

describe('subjects', () => {
  test('overlap exactly when there is a message that both take', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const shared = messages.some((sent) => takes(one, sent) && takes(other, sent));
        expect(overlap(one, other)).toBe(shared);
        expect(overlap(other, one)).toBe(shared);
      }),
      { numRuns: 500 },
    );
  });

  test('cover another one only when they take all of its messages', () => {
    fc.assert(
      fc.property(pattern, pattern, message, (outer, inner, sent) => {
        if (covers(outer, inner) && takes(inner, sent)) expect(takes(outer, sent)).toBe(true);
        expect(covers(inner, inner)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([['photos'], ['photos.*.raw'], ['photos.>'], ['größe.ä-1_x']])('%s is one', (subject) => {
    expect(isSubject(subject)).toBe(true);
  });
});
