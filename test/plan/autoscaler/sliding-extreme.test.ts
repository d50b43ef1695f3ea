import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlidingExtreme } from '../../../lib/plan/autoscaler/sliding-extreme';

const steps = fc.array(fc.record({ later: fc.nat(20), value: fc.integer({ min: 0, max: 9 }) }), {
  maxLength: 80,
});

test.each([
  ['highest', true],
  ['highest', false],
  ['lowest', true],
  ['lowest', false],
] as const)(
  'the %s of a window is what a look at all of its values finds (inclusive: %s)',
  (kind, inclusive) => {
    fc.assert(
      fc.property(steps, fc.nat(60), (added, window) => {
        const extreme = new SlidingExtreme(kind);
        const all: { time: number; value: number }[] = [];
        let now = 0;
        for (const { later, value } of added) {
          now += later;
          const cutoff = now - window;
          const inside = all
            .filter(({ time }) => (inclusive ? time >= cutoff : time > cutoff))
            .map((it) => it.value);
          const best = kind === 'highest' ? Math.max(...inside) : Math.min(...inside);
          expect(extreme.since(cutoff, inclusive)).toBe(inside.length === 0 ? undefined : best);
          extreme.add(now, value);
          all.push({ time: now, value });
        }
      }),
    );
  },
);

test('it forgets what can never count again', () => {
  const extreme = new SlidingExtreme('highest');
  for (let time = 0; time < 10_000; time += 1) {
    extreme.add(time, 10_000 - time);
    expect(extreme.since(time - 10, false)).toBe(Math.min(10_000, 10_009 - time));
  }
});
