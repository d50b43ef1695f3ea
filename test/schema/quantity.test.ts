import { describe, expect, test } from '@jest/globals';
import { Size } from 'cdk8s';
import fc from 'fast-check';
import { quantityValue } from '../../lib/schema/quantity';
import { byteQuantity, bytes, milliQuantity } from '../../lib/workload/quantity';

describe('a quantity', () => {
  test.each<[unknown, number]>([
    ['500m', 0.5],
    ['1Gi', 2 ** 30],
    ['1.5k', 1500],
    ['2E', 2e18],
    ['2E3', 2000],
    ['2e-3', 0.002],
    ['.5', 0.5],
    ['5.', 5],
    ['250u', 0.00025],
    [3, 3],
  ])('%s is read as Kubernetes reads it', (text, value) => {
    expect(quantityValue(text)).toBeCloseTo(value, 12);
  });

  test.each(['', 'Mi', '1 Gi', '1gi', '1Gi2', 'e3', '0x10', null, undefined, {}])('%p is none', (text) => {
    expect(quantityValue(text)).toBeUndefined();
  });

  test('that Capstan writes is read as what it was', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (value) => {
        expect(quantityValue(byteQuantity(value))).toBe(value);
        const millis = (quantityValue(milliQuantity(value / 1000)) ?? 0) * 1000;
        expect(Math.round(millis)).toBe(value);
      }),
    );
    expect(quantityValue(byteQuantity(bytes(Size.gibibytes(3))))).toBe(3 * 2 ** 30);
  });
});
