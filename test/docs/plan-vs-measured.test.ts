import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CASES } from '../../bench/plan-vs-measured/cases';
import { page, type Results } from '../../bench/plan-vs-measured/report';
import { Darkroom } from '../../charts/darkroom';
import { PLACES } from '../../charts/places';
import { Environment } from '../../lib';
import { planAny } from '../../lib/plan';
import { exampleApp } from '../worker/example-worker';

const root = join(__dirname, '../..');
const results = JSON.parse(
  readFileSync(join(root, 'bench/plan-vs-measured/results.json'), 'utf8'),
) as Results;

test('docs/plan-vs-measured.md shows the raw results', () => {
  expect(readFileSync(join(root, 'docs/plan-vs-measured.md'), 'utf8')).toBe(page(results, CASES));
});

test('what was measured is what is planned today; `npm run plan-vs-measured` renews it', () => {
  const app = exampleApp();
  // With the embedded queue, on which they were measured.
  const edge = PLACES.edge;
  if (edge === undefined) throw new Error('Darkroom is not at the edge');
  new Darkroom(new Environment(app, 'edge', edge.environment), 'darkroom', edge.site);
  const { workers } = app.model();
  for (const { worker, slots, planned } of results.measurements) {
    const model = workers.find(({ name }) => name === worker);
    if (model === undefined) throw new Error(`Darkroom has no ${worker}`);
    const { memoryLimit, throughputPerPod } = planAny({ ...model.spec, concurrency: slots }).figures;
    expect([worker, slots, planned.memoryLimitBytes, planned.tasksPerSecond]).toEqual([
      worker,
      slots,
      memoryLimit.value,
      throughputPerPod.value,
    ]);
  }
});
