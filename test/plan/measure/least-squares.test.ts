import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fisherTail, incompleteBeta, studentFactor } from '../../../lib/plan/measure/distributions';
import { meanInterval } from '../../../lib/plan/measure/interval';
import { findKnee } from '../../../lib/plan/measure/knee';
import { fitLine } from '../../../lib/plan/measure/least-squares';

describe('distributions', () => {
  test.each([
    [1, 0.95, 12.706],
    [2, 0.95, 4.303],
    [5, 0.95, 2.571],
    [19, 0.95, 2.093],
    [30, 0.99, 2.75],
    [1000, 0.95, 1.962],
  ])('Student with %i degrees at %d is %d, as tables have it', (degrees, confidence, factor) => {
    expect(studentFactor(degrees, confidence)).toBeCloseTo(factor, 2);
  });

  test.each([
    [4.965, [1, 10], 0.05],
    [3.326, [5, 10], 0.05],
    [8.021, [2, 9], 0.01],
  ] as const)('Fisher at %d is %p: %d, as tables have it', (f, degrees, tail) => {
    expect(fisherTail(f, degrees)).toBeCloseTo(tail, 3);
  });

  test('the incomplete beta function is the sum that it is for whole numbers', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const whole = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(whole, whole, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, x) => {
        const n = a + b - 1;
        let sum = 0;
        for (let j = a; j <= n; j++) sum += choose(n, j) * x ** j * (1 - x) ** (n - j);
        expect(incompleteBeta(x, a, b)).toBeCloseTo(sum, 9);
      }),
    );
  });
});

describe('a line of least squares', () => {
  test('is that of the textbook', () => {
    // Draper and Smith's method by hand for four points.
    const { intercept, slope, residualSquares } = fitLine([
      { x: 1, y: 6 },
      { x: 2, y: 5 },
      { x: 3, y: 7 },
      { x: 4, y: 10 },
    ]);
    expect([intercept.value, slope.value, residualSquares]).toEqual([3.5, 1.4, expect.closeTo(4.2, 9)]);
    expect(slope.high - slope.value).toBeCloseTo(4.303 * Math.sqrt(2.1 / 5), 2);
  });

  test('leaves no less squares with any other line', () => {
    const points = fc.array(
      fc.record({ x: fc.integer({ min: 0, max: 50 }), y: fc.integer({ min: -100, max: 100 }) }),
      { minLength: 3, maxLength: 12 },
    );
    const change = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(points, change, change, (all, up, steeper) => {
        fc.pre(new Set(all.map(({ x }) => x)).size > 1);
        const { intercept, slope, residualSquares } = fitLine(all);
        const other = all.reduce(
          (sum, { x, y }) => sum + (y - intercept.value - up - (slope.value + steeper) * x) ** 2,
          0,
        );
        expect(residualSquares).toBeLessThanOrEqual(other + 1e-6);
      }),
    );
  });

  test('fails with too few points', () => {
    expect(() => fitLine([{ x: 1, y: 1 }])).toThrow('three points or more, got 1');
  });
});

test('a mean of one value has no width', () => {
  expect(meanInterval([3])).toEqual({ value: 3, low: 3, high: 3 });
});

describe('a knee', () => {
  test('is found exactly without noise', () => {
    const points = [1, 2, 4, 8, 16, 32].flatMap((x) => {
      const y = 0.2 * Math.max(1, x / 8);
      return [
        { x, y },
        { x, y },
      ];
    });
    const knee = findKnee(points);
    expect(knee?.at.value).toBeCloseTo(8, 6);
    expect(knee?.power.value).toBeCloseTo(1, 6);
    expect(knee?.level.value).toBeCloseTo(0.2, 6);
  });

  test('is none where the curve falls, or the points are too few', () => {
    const falling = [1, 2, 4, 8].map((x) => ({ x, y: 1 / x }));
    expect(findKnee(falling)).toBeUndefined();
    expect(findKnee(falling.slice(0, 3))).toBeUndefined();
  });
});
