import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../../../lib/plan';

const MASK = 0xffff_ffffn;

/** sfc32 as its author has it, in whole numbers of any size. */
function* sfc32(seed: bigint): Generator<number> {
  let [a, b, c, counter] = [seed & MASK, (seed >> 32n) & MASK, 0n, 1n];
  for (let round = 0; ; round++) {
    const sum = (a + b + counter) & MASK;
    counter = (counter + 1n) & MASK;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & MASK;
    c = (((c << 21n) | (c >> 11n)) + sum) & MASK;
    if (round >= 15) yield Number(sum);
  }
}

describe('Random', () => {
  test('is sfc32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (seed) => {
        const random = new Random(seed);
        const expected = sfc32(BigInt(seed));
        const bits = Array.from({ length: 40 }, () => random.bits());
        expect(bits).toEqual(bits.map(() => expected.next().value));
      }),
    );
  });

  test('another seed gives other numbers', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => new Random(seed).bits());
    expect(new Set(first).size).toBe(1000);
  });

  test.each([
    ['uniform', 0.5, 1 / 12],
    ['exponential', 1, 1],
    ['normal', 0, 1],
  ] as const)('%s has its mean and variance', (kind, mean, variance) => {
    const random = new Random(7);
    const count = 200_000;
    const values = Array.from({ length: count }, () => random[kind]());
    const found = values.reduce((sum, it) => sum + it, 0) / count;
    const spread = values.reduce((sum, it) => sum + (it - found) ** 2, 0) / count;
    // Five standard errors; that of a variance is at most variance × √(8 ÷ count) here.
    expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(variance / count));
    expect(Math.abs(spread - variance)).toBeLessThan(5 * variance * Math.sqrt(8 / count));
  });

  test('uniform keeps inside, and fills its bins evenly', () => {
    const random = new Random(3);
    const bins = new Array<number>(100).fill(0);
    for (let n = 0; n < 100_000; n++) {
      const value = random.uniform();
      if (!(value > 0 && value < 1)) throw new RangeError(`${value}`);
      const bin = Math.floor(value * 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, it) => sum + (it - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(148); // 0.999 quantile with 99 degrees of freedom
  });
});
