import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatQuantity, type Unit } from '../../lib/plan';

describe('quantities for humans', () => {
  test.each<[number, Unit, string]>([
    [7.111111, 'cores', '7.111 cores'],
    [1, 'cores', '1 core'],
    [0.00012345, 'cores', '0.000123 cores'],
    [412 * 2 ** 20, 'bytes', '412 MiB'],
    [12.5 * 2 ** 30, 'bytes', '12.5 GiB'],
    [1536, 'bytes', '1.5 KiB'],
    [0, 'bytes', '0 B'],
    [25, 'seconds', '25 s'],
    [0.09, 'seconds', '90 ms'],
    [0.000_01, 'seconds', '10 µs'],
    [1e-9, 'seconds', '1 ns'],
    [0, 'seconds', '0 s'],
    [-5, 'seconds', '-5 s'],
    [1, 'slots', '1 slot'],
    [10666, 'tasks', '10,666 tasks'],
    [177.777, 'tasks/s', '177.8 tasks/s'],
    [0.004, 'tasks/s', '0.004 tasks/s'],
    [25, 'percent', '25 %'],
    [0.7, 'ratio', '0.7'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });

  test('a number above 0 never reads as 0', () => {
    const units = fc.constantFrom<Unit>('cores', 'bytes', 'seconds', 'tasks/s', 'ratio', 'count');
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1e300, noNaN: true }), units, (value, unit) => {
        expect(Number.parseFloat(formatQuantity(value, unit))).toBeGreaterThan(0);
      }),
    );
  });
});
