import { expect, test } from '@jest/globals';
import { limitedTo } from '../../lib/measure/cpu-limit';
import { runEnvironment, runPlan } from '../../lib/run/run-plan';
import { exampleModel } from './example-program';

test('a worker that is measured under a CPU limit has the GOMAXPROCS that a plan with that limit gives it', () => {
  const worker = exampleModel();
  for (const [cores, processors] of [
    [0.5, '1'],
    [1, '1'],
    [1.5, '2'],
  ] as const) {
    const plan = runPlan(limitedTo(cores, worker), 4);
    expect(plan.figures.cpuLimit?.value).toBe(cores);
    expect(runEnvironment(plan).GOMAXPROCS).toBe(processors);
  }
});

test('without a limit nothing changes', () => {
  const worker = exampleModel();
  expect(limitedTo(undefined, worker)).toBe(worker);
});
