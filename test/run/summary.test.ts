import { describe, expect, test } from '@jest/globals';
import type { WorkerReport } from '../../lib/contract/zz_report.gen';
import { formatSummary } from '../../lib/run/summary';
import { exampleModel } from '../cli/example-program';
import { exampleReport } from './example-report';

function summaryOf(report: WorkerReport): string {
  const { plan, spec } = exampleModel();
  const places = [['results', 'out/resize']] as const;
  return formatSummary({
    report,
    plan,
    task: spec.task,
    conditions: 'Ran here.',
    places,
  });
}

describe('the summary', () => {
  test('a whole one', () => {
    expect(summaryOf(exampleReport)).toMatchInlineSnapshot(`
     "  done        20
       failed      1
       speed       5 tasks/s over 4 s
       task time   p50 95.4 ms, p99 200 ms, longest 250 ms
       pool        75 % busy of 4 slots, 4 at most

       dead letters
         broken.jpg  corrupt

                       planned        measured
       throughput      44.4 tasks/s   5 tasks/s
       CPU per task    40 ms          50 ms
       time per task   90 ms          100 ms
       memory, peak    264 MiB        50 MiB
       memory, limit   294 MiB
       ready after                    20 ms
       Ran here.

       results   out/resize"
    `);
  });

  test.each([
    ['few were done', { tasks: { ...exampleReport.tasks, done: 19 } }, 'fewer than 20 tasks were done'],
    ['many failed', { tasks: { ...exampleReport.tasks, retried: 5 } }, 'fewer than 80 % of the attempts'],
    [
      'it was idle',
      { pool: { ...exampleReport.pool, utilization: 0.49 } },
      'the pool was idle for more than half',
    ],
  ])('measures neither throughput nor CPU of a task where %s, and says why', (_, change, reason) => {
    const text = summaryOf({ ...exampleReport, ...change });
    expect(text).toMatch(
      /throughput +44\.4 tasks\/s\n +CPU per task +40 ms\n +time per task +90 ms +100 ms\n/,
    );
    expect(text).toContain(`Throughput and CPU per task are not measured: ${reason}`);
  });

  test('shows what was done before', () => {
    const tasks = { ...exampleReport.tasks, done: 0, alreadyDone: 20 };
    const text = summaryOf({ ...exampleReport, tasks, wallSeconds: 0 });
    expect(text).toMatch(/done +0, 20 already done before/);
    expect(text).not.toMatch(/NaN|Infinity/);
  });

  test('tells the dead letters of an earlier run from those of this one', () => {
    const deadLetters = [...exampleReport.deadLetters, { id: 'old.jpg', reason: 'empty', attempts: 1 }];
    expect(summaryOf({ ...exampleReport, deadLetters })).toMatch(/failed +1, 1 in an earlier run/);
  });

  test('shows retries and what was handed back only when there are any', () => {
    expect(summaryOf(exampleReport)).not.toMatch(/tried again|handed back/);
    const tasks = { ...exampleReport.tasks, retried: 3, handedBack: 2 };
    expect(summaryOf({ ...exampleReport, tasks })).toMatch(/tried again +3\n +handed back +2/);
  });

  test('counts dead letters beyond twenty', () => {
    const letter = (n: number) => ({
      id: `${n}.jpg`,
      reason: 'corrupt',
      attempts: 1,
    });
    const deadLetters = Array.from({ length: 25 }, (_, n) => letter(n));
    const text = summaryOf({ ...exampleReport, deadLetters });
    expect(text.match(/\.jpg/g)).toHaveLength(20);
    expect(text).toContain('and 5 more');
  });
});
