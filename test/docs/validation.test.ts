import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CASES } from '../../bench/validation/cases';
import { page, type Results } from '../../bench/validation/report';

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
  for (const { worker, slots, cores } of CASES) {
    const runs = results.measured.filter(
      (it) => it.worker === worker && it.slots === slots && it.cores === cores,
    );
    expect(runs).toHaveLength(results.rounds);
  }
  expect(results.predicted).toHaveLength(CASES.length);
});
