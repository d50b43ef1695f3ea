import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clock, plot, timeAxis } from '../../lib/plot/plot';

const style = { width: 30, height: 2, colors: false };

describe('plot', () => {
  test('draws bars on an axis from 0, the highest of each stretch', () => {
    const values = [0, 0, 1, 1, 2, 2, 3, 3, 4, 16];
    expect(plot({ title: 'pods', values, color: 36 }, style)).toBe(
      ['pods', '      16 ┤         █', '       0 ┤  ▁▁▂▂▃▃▄█'].join('\n'),
    );
    expect(plot({ title: 'pods', values, color: 36 }, { ...style, colors: true })).toContain('\u001b[36m');
  });

  test('keeps its width and height for any values', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constant(Infinity));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), fc.integer({ min: 1, max: 200 }), (values, width) => {
        const lines = plot({ title: 't', values, color: 1 }, { ...style, width }).split('\n');
        expect(lines).toHaveLength(3);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, 20));
      }),
    );
  });

  test('tells the time', () => {
    expect([0, 59, 3600, 86_399, 90_000].map(clock)).toEqual([
      '0:00',
      '0:00:59',
      '1:00',
      '23:59:59',
      '25:00',
    ]);
    expect(timeAxis(86_400, style)).toMatch(/^ {10}0:00 +12:00 +24:00$/);
  });
});
