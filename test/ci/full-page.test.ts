import { describe, expect, test } from '@jest/globals';
import { pageOf, rowsOf } from './full-page';

const RESULTS = 'passed\t12\tbenchmarks\nFAILED\t3\tfaults\n\t\tsoak\n';

describe('the page of what .ci/full saw last', () => {
  test('has a row for each suite, in their order', () => {
    const page = pageOf(RESULTS, [], '2026-01-02', 'abc1234');

    expect(rowsOf(page)).toEqual([
      { suite: 'benchmarks', result: 'passed', seconds: '12', date: '2026-01-02', commit: 'abc1234' },
      { suite: 'faults', result: 'FAILED', seconds: '3', date: '2026-01-02', commit: 'abc1234' },
      { suite: 'soak', result: 'not yet', seconds: '', date: '', commit: '' },
    ]);
  });

  test('keeps what a suite saw that did not run now, and forgets suites that are gone', () => {
    const before = rowsOf(pageOf('passed\t600\tsoak\npassed\t1\tgone\n', [], '2026-01-01', 'old'));

    const rows = rowsOf(pageOf(RESULTS, before, '2026-01-02', 'abc1234'));

    expect(rows.map(({ suite, date }) => `${suite} ${date}`)).toEqual([
      'benchmarks 2026-01-02',
      'faults 2026-01-02',
      'soak 2026-01-01',
    ]);
  });
});
