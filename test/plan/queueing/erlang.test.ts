import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { erlangB, erlangC } from '../../../lib/plan';

const servers = fc.integer({ min: 1, max: 400 });
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });

/** B as its definition has it: (aᶜ ÷ c!) ÷ Σ aⁿ ÷ n!, by the terms relative to the last one. */
function blockedByDefinition(c: number, a: number): number {
  let [term, sum] = [1, 1];
  for (let n = c; n >= 1; n--) {
    term *= n / a;
    sum += term;
  }
  return 1 / sum;
}

describe('Erlang B', () => {
  // Offered load at a blocking of 1 %, 2 % and 5 %: the table that textbooks of telephone traffic print.
  test.each([
    [1, 0.0101, 0.01],
    [2, 0.153, 0.01],
    [5, 1.36, 0.01],
    [10, 4.46, 0.01],
    [20, 12.0, 0.01],
    [50, 37.9, 0.01],
    [100, 84.1, 0.01],
    [10, 5.08, 0.02],
    [30, 21.9, 0.02],
    [10, 6.22, 0.05],
    [20, 15.2, 0.05],
  ])('%i servers block at %d erlang as the table says', (c, offered, blocked) => {
    // The table rounds loads to three digits.
    expect(erlangB(c, offered * 0.994)).toBeLessThan(blocked);
    expect(erlangB(c, offered * 1.006)).toBeGreaterThan(blocked);
  });

  test('is its definition', () => {
    fc.assert(
      fc.property(servers, share, (c, rho) => {
        const expected = blockedByDefinition(c, rho * c);
        expect(erlangB(c, rho * c)).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('falls with each server, and grows with the load', () => {
    fc.assert(
      fc.property(servers, share, (c, rho) => {
        const a = rho * c;
        expect(erlangB(c + 1, a)).toBeLessThanOrEqual(erlangB(c, a));
        expect(erlangB(c, a * 1.1)).toBeGreaterThanOrEqual(erlangB(c, a));
      }),
    );
  });
});

describe('Erlang C', () => {
  test.each([
    [1, 0.5, 0.5],
    [2, 1, 1 / 3],
    [2, 1.5, 9 / 14],
    [3, 2, 4 / 9],
    [4, 3, 27 / 53],
    [5, 4, 0.554_113],
    [10, 8, 0.409_18],
  ])('%i servers with %d erlang', (c, a, waits) => {
    expect(erlangC(c, a)).toBeCloseTo(waits, 5);
  });

  test('lies above Erlang B and below 1, grows with the load, and falls with servers at the same utilisation', () => {
    fc.assert(
      fc.property(servers, share, (c, rho) => {
        const waits = erlangC(c, rho * c);
        expect(waits).toBeGreaterThanOrEqual(erlangB(c, rho * c));
        expect(waits).toBeLessThanOrEqual(1);
        expect(erlangC(c, Math.min(0.9999, rho * 1.01) * c)).toBeGreaterThanOrEqual(waits);
        expect(erlangC(c + 1, rho * (c + 1))).toBeLessThanOrEqual(waits);
      }),
    );
  });

  test('ends where it has to: no load, full load, and very many servers', () => {
    expect(erlangC(7, 0)).toBe(0);
    expect(erlangC(7, 7)).toBe(1);
    expect(erlangC(7, 70)).toBe(1);
    expect(erlangC(100_000, 70_000)).toBeLessThan(1e-9);
    // Halfin and Whitt, 1981: with ρ = 1 − β ÷ √c the share that waits tends to 1 ÷ (1 + β·Φ(β) ÷ φ(β)), 0.2234 for β = 1.
    expect(erlangC(1_000_000, 1_000_000 - 1000)).toBeCloseTo(0.2234, 3);
  });
});
