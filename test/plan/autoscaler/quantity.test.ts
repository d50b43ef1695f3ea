import { describe, expect, test } from '@jest/globals';
import { approximateValue, milliValue, readQuantity } from '../../../lib/plan/autoscaler/quantity';

function read(value: unknown) {
  const quantity = readQuantity(value);
  if (quantity === undefined) throw new Error(`${value} is no quantity`);
  return quantity;
}

describe('a quantity', () => {
  test.each([
    ['700m', 700],
    ['0.7', 700],
    ['.5', 500],
    ['5.', 5000],
    [2, 2000],
    ['1k', 1_000_000],
    ['1Ki', 1_024_000],
    ['1.5Gi', 1_610_612_736_000],
    ['1e3', 1_000_000],
    ['25E-1', 2500],
    ['0.0005', 1],
    ['1001u', 2],
    ['1n', 1],
    ['0', 0],
  ])('%s is %d thousandths, rounded up', (text, milli) => {
    expect(milliValue(read(text))).toBe(milli);
  });

  test.each([
    ['0.05', 50 * 1e-3],
    ['50m', 50 * 1e-3],
    ['0.0025', 2500 * 1e-6],
    ['0.1', 0.1],
    ['0', 0],
    ['2', 2],
    ['1500m', 1500 * 1e-3],
  ])('%s is the double that the controller takes of it', (text, value) => {
    expect(approximateValue(read(text))).toBe(value);
  });

  test.each([
    '',
    'm',
    '1 m',
    '-1',
    '1mm',
    '1ki',
    '1e',
    'NaN',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    {},
  ])('fails to be one: %s', (value) => {
    expect(readQuantity(value)).toBeUndefined();
  });
});
