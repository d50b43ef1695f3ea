import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CASES, DRAINS, isCase } from '../../bench/validation/cases';
import { page } from '../../bench/validation/report';
import type { Results } from '../../bench/validation/results';

const root = join(__dirname, '../..');
const results = JSON.parse(readFileSync(join(root, 'bench/validation/results.json'), 'utf8')) as Results;

test('docs/validation.md shows the raw results', () => {
  expect(readFileSync(join(root, 'docs/validation.md'), 'utf8')).toBe(page(results));
});

test('every case was measured in every round, at three pool sizes and two CPU limits of each job', () => {
  for (const worker of ['develop', 'crawl']) {
    const of = CASES.filter((it) => it.worker === worker);
    expect(new Set(of.map(({ slots }) => slots)).size).toBe(3);
    expect(new Set(of.map(({ cores }) => cores)).size).toBe(2);
  }
  for (const of of CASES) {
    const runs = results.measured.filter((it) => isCase(it, of));
    expect(runs).toHaveLength(results.rounds);
    for (const { drains } of runs) expect(drains).toHaveLength(DRAINS);
  }
  expect(results.predicted).toHaveLength(CASES.length);
});
