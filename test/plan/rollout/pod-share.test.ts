import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evictablePods, podShare } from '../../../lib/plan/rollout/pod-share';

describe('a number of pods', () => {
  test.each([
    ['25%', 4, 1, 1],
    ['25%', 5, 2, 1],
    ['0%', 7, 0, 0],
    ['100%', 7, 7, 7],
    [3, 7, 3, 3],
  ])('%s of %d is %d rounded up and %d rounded down', (value, all, up, down) => {
    expect(podShare(value, all, Math.ceil)).toBe(up);
    expect(podShare(value, all, Math.floor)).toBe(down);
  });

  test('an exact share is not rounded', () => {
    const exact = fc.record({ percent: fc.integer({ min: 0, max: 100 }), hundreds: fc.nat(1000) });
    fc.assert(
      fc.property(exact, ({ percent, hundreds }) => {
        const share = (round: (it: number) => number) => podShare(`${percent}%`, hundreds * 100, round);
        expect(share(Math.floor)).toBe(percent * hundreds);
        expect(share(Math.ceil)).toBe(percent * hundreds);
      }),
    );
  });

  test('what is neither a number nor a share is none', () => {
    expect([undefined, 'some', '1.5%', null].map((it) => podShare(it, 4, Math.ceil))).toEqual(
      Array(4).fill(undefined),
    );
  });
});

test('a disruption budget rounds both of its fields up', () => {
  expect(evictablePods({ maxUnavailable: '30%' }, 4)).toBe(2);
  expect(evictablePods({ minAvailable: '30%' }, 4)).toBe(2);
  expect(evictablePods({ minAvailable: 5 }, 4)).toBe(-1);
  expect(evictablePods({}, 4)).toBeUndefined();
});
