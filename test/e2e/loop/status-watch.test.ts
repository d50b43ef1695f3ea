import { expect, test } from '@jest/globals';
import { bestLook } from './status-watch';

const look = (pods: string, backlog: string, ...more: readonly string[]) =>
  ['loop/develop  Deployment', `  pods        ${pods}`, `  backlog     ${backlog}`, ...more, ''].join('\n');
const calm = look('●  1 of 1 ready', '0 tasks');
const starting = look('●◐  1 of 2 ready, 1 starting', '12 tasks');
const held = look('●◐  1 of 2 ready, 1 starting', '40 tasks', '              held by its policy: at most 2');
const whole = look('●●  2 of 2 ready', '60 tasks', '              held by its maximum: 2');

test('of many looks the one is kept that shows most while pods are missing and tasks wait', () => {
  expect(bestLook([calm, starting, held, held, whole, calm].join('\n'))).toBe(held.trimEnd());
  expect(bestLook([calm, starting, whole].join('\n'))).toBe(starting.trimEnd());
});

test('fails for looks in which no pod was missing', () => {
  expect(bestLook([calm, whole].join('\n'))).toBeUndefined();
  expect(bestLook('')).toBeUndefined();
});
