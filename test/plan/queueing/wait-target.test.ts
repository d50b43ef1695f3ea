import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem, planWorker, queueWait, variationOf, type WorkerSpec } from '../../../lib/plan';
import { crawl, develop } from '../examples';

function planned(spec: WorkerSpec, p99: number) {
  return planWorker({ ...spec, scale: { ...spec.scale, waitSeconds: { p99 } } });
}

describe('the target utilisation of a wait', () => {
  test('keeps the wait where the autoscaler adds pods, by the formula of the queue', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.2, max: 60, noNaN: true }),
        fc.boolean(),
        (concurrency, min, p99, isShared) => {
          const base: WorkerSpec = { ...(isShared ? develop : crawl), concurrency };
          const spec = { ...base, scale: { ...base.scale, min, max: 40 } };
          const { figures, problems } = planned(spec, p99);
          if (problems.some(({ prop }) => prop === 'scale.wait.p99')) return;
          const servers = concurrency * (isShared ? min : 1);
          const { mean, max } = spec.task.durationSeconds;
          const wait = queueWait({
            servers,
            meanSeconds: mean,
            arrivalRate: (figures.targetUtilization.value * 1.1 * servers) / mean,
            serviceVariation: variationOf(mean, max),
          });
          expect(wait.quantileSeconds(0.99)).toBeLessThanOrEqual(p99);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is higher for a longer wait, within what lets the autoscaler move', () => {
    const targets = [0.02, 0.05, 0.1, 0.3, 1, 10].map(
      (p99) => planned(develop, p99).figures.targetUtilization.value,
    );
    expect(targets).toEqual([...targets].sort((a, b) => a - b));
    expect(targets.at(-1)).toBe(0.8);
    expect(new Set(targets).size).toBeGreaterThan(2);
  });

  test('says where it comes from', () => {
    const { figures, problems } = planned(crawl, 0.5);
    expect(problems).toEqual([]);
    expect(figures.targetUtilization.reason).toMatch(
      /64 slots on each pod's queue keep 99 of 100 tasks from waiting longer than 500 ms \(scale\.wait\.p99\)/,
    );
  });

  test('fails where nine of ten idle slots do not keep it', () => {
    const { problems } = planned({ ...develop, concurrency: 1, scale: { ...develop.scale, min: 1 } }, 0.001);
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(
        /^scale\.wait\.p99 must be .* or more: so long waits one task of 100 with 1 slot × 1 pod on one queue .*, got 1 ms\. Raise it/,
      ),
    ]);
    // The wait that the message names is one that can be kept.
    const least = Number(/must be ([\d.]+) ms/.exec(formatProblem(problems[0] ?? never()))?.[1]) / 1000;
    const again = planned({ ...develop, concurrency: 1, scale: { ...develop.scale, min: 1 } }, least);
    expect(again.problems).toEqual([]);
  });

  test.each([0, -1, Number.NaN, Infinity])('fails on a wait of %d', (p99) => {
    const props = planned(develop, p99).problems.map(({ prop }) => prop);
    expect(new Set(props)).toEqual(new Set(['scale.wait.p99']));
  });

  test('fails beside a target that is given', () => {
    const scale = { ...develop.scale, waitSeconds: { p99: 1 }, targetUtilization: 0.5 };
    expect(planWorker({ ...develop, scale }).problems.map(formatProblem)).toEqual([
      'scale.targetUtilization must be left out beside scale.wait, from which it is derived, got 0.5. Leave out one of them.',
    ]);
  });
});

function never(): never {
  throw new Error('no problem');
}
