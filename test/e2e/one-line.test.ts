import { expect, test } from '@jest/globals';
import { firstFailure, inOneLine, withLog } from './one-line';

const LOG = `    ok     a pod runs (2.1 s)
FAIL test/e2e/suites/entry.test.ts (12 s)
  ✓ a pod runs (2104 ms)
  ✕ a service answers (120 ms)

  ● a service answers

    expect(received).toBe(expected) // Object.is equality

    Expected: 200
    Received: 404

      12 |   const { status } = await ask();
    > 13 |   expect(status).toBe(200);
      at Object.<anonymous> (test/e2e/suites/entry.test.ts:13:18)

  ● another

    it is late
`;

test('what failed first is told in one line', () => {
  expect(firstFailure(LOG)).toBe(
    'a service answers: expect(received).toBe(expected) // Object.is equality Expected: 200 Received: 404',
  );
  expect(firstFailure('  ● Test suite failed to run\n\n    no module x\n')).toBe(
    'Test suite failed to run: no module x',
  );
});

test('a log without a failure tells of none', () => {
  expect(firstFailure('PASS test/e2e/suites/core.test.ts\n  ✓ ● is a dot\n')).toBeUndefined();
});

test('a long message, and one in colours, become one plain line', () => {
  expect(inOneLine('\u001b[31mred\u001b[39m\n\n  and more ')).toBe('red and more');
  expect(inOneLine('x'.repeat(1000)).length).toBeLessThanOrEqual(300);
});

test('a message names one log: its own where it has one', () => {
  expect(withLog('it failed.', '/suite.log')).toBe('it failed. Its log: /suite.log');
  expect(withLog('it failed. Its log: /own.log', '/suite.log')).toBe('it failed. Its log: /own.log');
});
