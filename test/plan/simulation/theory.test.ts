import { describe, expect, test } from '@jest/globals';
import { queueWait, simulatePool, type TaskDuration, variationOfDuration } from '../../../lib/plan';

const TASKS = 100_000;

function both(slots: number, pods: number, utilization: number, duration: TaskDuration) {
  const servers = slots * pods;
  const rate = (utilization * servers) / duration.meanSeconds;
  return {
    theory: queueWait({
      servers,
      arrivalRate: rate,
      meanSeconds: duration.meanSeconds,
      serviceVariation: variationOfDuration(duration),
    }),
    found: simulatePool({
      arrivals: { kind: 'poisson', rate },
      duration,
      slotsPerPod: slots,
      pods,
      tasks: TASKS,
      seed: servers + Math.round(1000 * utilization),
    }),
  };
}

describe('theory and simulation agree', () => {
  const exponential = { kind: 'exponential', meanSeconds: 0.09 } as const;

  // Exact: what differs is chance alone. Margins hold in 95 of 100; four times them in all.
  test.each([
    [1, 1, 0.5],
    [1, 1, 0.8],
    [2, 1, 0.7],
    [2, 3, 0.7],
    [4, 2, 0.9],
    [16, 1, 0.8],
    [16, 3, 0.9],
    [16, 3, 0.95],
    [64, 4, 0.95],
  ])('M/M/c, %i slots × %i pods at %d', (slots, pods, utilization) => {
    const { theory, found } = both(slots, pods, utilization, exponential);
    const mean = found.waits.mean();
    expect(Math.abs(mean.value - theory.meanWaitSeconds)).toBeLessThan(4 * mean.margin95);
    for (const share of [0.9, 0.99]) {
      const quantile = found.waits.quantile(share);
      const expected = theory.quantileSeconds(share);
      expect(Math.abs(quantile.value - expected)).toBeLessThan(4 * quantile.margin95 + 1e-9);
    }
    const above = found.waits.shareAbove(0);
    expect(Math.abs(above.value - theory.waitProbability)).toBeLessThan(4 * above.margin95 + 1e-9);
    expect(found.utilization).toBeCloseTo(utilization, 1);
    expect(found.meanBacklog).toBeCloseTo((mean.value * (utilization * slots * pods)) / 0.09, 0);
  });

  // Exact by Pollaczek and Khinchine.
  test.each([
    ['constant', { kind: 'constant', meanSeconds: 1 } as const],
    ['lognormal', { kind: 'lognormal', meanSeconds: 1, maxSeconds: 10 } as const],
  ])('M/G/1 with %s durations', (_, duration) => {
    for (const utilization of [0.5, 0.8]) {
      const { theory, found } = both(1, 1, utilization, duration);
      const mean = found.waits.mean();
      expect(Math.abs(mean.value - theory.meanWaitSeconds)).toBeLessThan(4 * mean.margin95);
    }
  });

  // Allen and Cunneen approximate: within a sixth of the mean where tasks do wait.
  test.each([
    ['constant', { kind: 'constant', meanSeconds: 1 } as const],
    ['lognormal', { kind: 'lognormal', meanSeconds: 1, maxSeconds: 20 } as const],
  ])('M/G/c with %s durations, nearly', (_, duration) => {
    for (const [slots, pods, utilization] of [
      [2, 1, 0.8],
      [4, 2, 0.9],
      [16, 1, 0.9],
    ] as const) {
      const { theory, found } = both(slots, pods, utilization, duration);
      const mean = found.waits.mean();
      const allowed = theory.meanWaitSeconds / 6 + 4 * mean.margin95;
      expect(Math.abs(mean.value - theory.meanWaitSeconds)).toBeLessThan(allowed);
    }
  });

  test('lines of their own are queues of their own', () => {
    const rate = (0.8 * 4 * 4) / 0.09;
    const found = simulatePool({
      arrivals: { kind: 'poisson', rate },
      duration: exponential,
      slotsPerPod: 4,
      pods: 4,
      lines: 'each',
      tasks: TASKS,
    });
    const theory = queueWait({ servers: 4, arrivalRate: rate / 4, meanSeconds: 0.09 });
    const mean = found.waits.mean();
    expect(Math.abs(mean.value - theory.meanWaitSeconds)).toBeLessThan(4 * mean.margin95);
  });

  test('D/D/c never waits below full load', () => {
    const found = simulatePool({
      arrivals: { kind: 'regular', rate: 9.9 },
      duration: { kind: 'constant', meanSeconds: 1 },
      slotsPerPod: 10,
      pods: 1,
      tasks: 5000,
    });
    expect(found.waits.quantile(1).value).toBe(0);
    expect(found.utilization).toBeCloseTo(0.99, 2);
  });
});
