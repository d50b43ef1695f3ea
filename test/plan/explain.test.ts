import { describe, expect, test } from '@jest/globals';
import { FIGURE_NAMES, type FigureName, formatFigure, planWorker } from '../../lib/plan';
import { crawl, develop } from './examples';
import { OF_OTHER_FORMS } from './invariants';

/** Figures of workers that KEDA takes all pods of. */
const IDLE: readonly FigureName[] = ['unsettledPerReplica', 'pollingInterval', 'cooldown'];

describe('explain', () => {
  const plan = planWorker({ ...develop, downstream: [{ name: 'catalog', limit: 2000, perPod: 16 }] });
  const rows = plan.explain().split('\n');

  test('prints every figure once, in order, with its value and its reason, then the shared resources', () => {
    const shown = FIGURE_NAMES.filter((name) => !IDLE.includes(name) && !OF_OTHER_FORMS.includes(name));
    expect(rows.map((row) => row.split('  ')[0])).toEqual([...shown, 'downstream catalog']);
    for (const [index, name] of shown.entries()) {
      const figure = plan.figures[name];
      if (figure !== undefined) {
        expect(rows[index]).toContain(`  ${formatFigure(figure)}  ${figure.reason}`);
      }
    }
  });

  test('aligns the columns', () => {
    const starts = rows.map((row) => /^.*?\S {2,}\S.*? {2}(?=\S)/.exec(row)?.[0].length);
    expect(starts[0]).toBeGreaterThan(0);
    expect(new Set(starts).size).toBe(1);
  });

  test('says why a figure is left out', () => {
    expect(plan.explain('gomaxprocs')).toMatch(
      /^gomaxprocs {2}left out {2}from 2 cores on Go reads the limit itself/,
    );
    const unlimited = planWorker({ ...crawl, resources: { cpu: { limit: 'none' } } });
    expect(unlimited.explain('cpuLimit')).toMatch(/^cpuLimit {2}left out {2}.*GOMAXPROCS bounds/);
  });

  test('prints what only some workers have where they have it', () => {
    const idle = planWorker({ ...develop, scale: { ...develop.scale, min: 0, by: 'keda' } });
    const names = idle
      .explain()
      .split('\n')
      .map((row) => row.split('  ')[0]);
    expect(names).toEqual(FIGURE_NAMES.filter((name) => !OF_OTHER_FORMS.includes(name)));
  });

  test('prints one figure on one line', () => {
    expect(plan.explain('poolSlots')).toBe('poolSlots  16 slots  16 slots, given as concurrency');
  });
});
