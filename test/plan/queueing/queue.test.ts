import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  backlogAfter,
  drainSeconds,
  lognormalSigma,
  type Queue,
  queueWait,
  utilizationFor,
  variationOf,
} from '../../../lib/plan';

const seconds = fc.double({ min: 0.001, max: 60, noNaN: true });
// None, or enough that a wait is no number below the smallest normal one, whose quantile would round to 0.
const variation = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 20, noNaN: true }));
const queue = fc
  .record({
    servers: fc.integer({ min: 1, max: 300 }),
    meanSeconds: seconds,
    utilization: fc.double({ min: 0, max: 0.995, noNaN: true }),
    serviceVariation: variation,
    arrivalVariation: variation,
  })
  .map(
    ({ utilization, ...it }): Queue => ({ ...it, arrivalRate: (utilization * it.servers) / it.meanSeconds }),
  );

const busier = (it: Queue, by: number): Queue => ({ ...it, arrivalRate: it.arrivalRate * by });

describe('queueWait', () => {
  test('M/M/1 as every textbook has it', () => {
    const wait = queueWait({ servers: 1, arrivalRate: 0.8, meanSeconds: 1 });
    expect(wait.waitProbability).toBeCloseTo(0.8, 12);
    expect(wait.meanWaitSeconds).toBeCloseTo(4, 12);
    expect(wait.meanBacklog).toBeCloseTo(3.2, 12);
    // P(W > t) = ρ·e^(−(μ − λ)·t)
    expect(wait.shareAbove(5)).toBeCloseTo(0.8 * Math.exp(-1), 12);
    expect(wait.quantileSeconds(0.99)).toBeCloseTo(Math.log(80) / 0.2, 9);
  });

  test('tasks that share a CPU wait less often than those that do not, and as long once they wait', () => {
    fc.assert(
      fc.property(queue, fc.double({ min: 1, max: 8, noNaN: true }), (it, factor) => {
        const most = it.servers / it.meanSeconds;
        const shared = queueWait({
          ...it,
          completionRate: (running) => Math.min(most, (factor * running) / it.meanSeconds),
        });
        const alone = queueWait(it);
        expect(shared.waitProbability).toBeLessThanOrEqual(alone.waitProbability * (1 + 1e-9));
        expect(shared.meanWaitSeconds * alone.waitProbability).toBeCloseTo(
          alone.meanWaitSeconds * shared.waitProbability,
          6,
        );
      }),
    );
  });

  test('one processor that four tasks share: M/M/1, of which those wait that find four', () => {
    const completionRate = () => 10;
    const wait = queueWait({ servers: 4, arrivalRate: 7, meanSeconds: 0.4, completionRate });
    expect(wait.waitProbability).toBeCloseTo(0.7 ** 4, 12);
    expect(wait.meanWaitSeconds).toBeCloseTo(0.7 ** 4 / 3, 12);
  });

  test('M/D/1 waits half as long as M/M/1, as Pollaczek and Khinchine found', () => {
    const wait = queueWait({ servers: 1, arrivalRate: 0.9, meanSeconds: 1, serviceVariation: 0 });
    expect(wait.meanWaitSeconds).toBeCloseTo(0.9 / (2 * 0.1), 12);
  });

  test('grows with the load and with what is irregular', () => {
    fc.assert(
      fc.property(queue, (it) => {
        const [less, more] = [queueWait(it), queueWait(busier(it, 1.002))];
        expect(more.meanWaitSeconds).toBeGreaterThanOrEqual(less.meanWaitSeconds);
        expect(more.quantileSeconds(0.99)).toBeGreaterThanOrEqual(less.quantileSeconds(0.99));
        const rougher = queueWait({ ...it, serviceVariation: (it.serviceVariation ?? 1) + 1 });
        expect(rougher.meanWaitSeconds).toBeGreaterThanOrEqual(less.meanWaitSeconds);
      }),
    );
  });

  test('quantile and share are each other’s inverse, and the mean is the integral of the share', () => {
    fc.assert(
      fc.property(queue, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (it, share) => {
        const wait = queueWait(it);
        const at = wait.quantileSeconds(share);
        if (at > 0) expect(wait.shareAbove(at)).toBeCloseTo(1 - share, 9);
        else expect(wait.shareAbove(0)).toBeLessThanOrEqual(1 - share + 1e-12);
        expect(wait.meanBacklog).toBeCloseTo(it.arrivalRate * wait.meanWaitSeconds, 9);
      }),
    );
  });

  test('one line for twice the servers is shorter than two lines', () => {
    fc.assert(
      fc.property(queue, (it) => {
        const together = queueWait({ ...it, servers: it.servers * 2, arrivalRate: it.arrivalRate * 2 });
        expect(together.meanWaitSeconds).toBeLessThanOrEqual(queueWait(it).meanWaitSeconds);
      }),
    );
  });

  test('nobody waits without load, and for ever from a utilisation of 1 on', () => {
    expect(queueWait({ servers: 3, arrivalRate: 0, meanSeconds: 1 }).quantileSeconds(0.99)).toBe(0);
    for (const arrivalRate of [3, 4]) {
      const wait = queueWait({ servers: 3, arrivalRate, meanSeconds: 1 });
      expect([wait.meanWaitSeconds, wait.quantileSeconds(0.5), wait.shareAbove(1e9)]).toEqual([
        Infinity,
        Infinity,
        1,
      ]);
    }
  });

  test.each([
    [{ servers: 1.5 }, 'servers must be a whole number of 1 or more, got 1.5'],
    [{ servers: 0 }, 'servers must be'],
    [{ arrivalRate: -1 }, 'arrivalRate must be 0 tasks/s or more, got -1'],
    [{ meanSeconds: Number.NaN }, 'meanSeconds must be above 0 s, got NaN'],
    [{ serviceVariation: -1 }, 'serviceVariation must be'],
    [{ arrivalVariation: Number.NaN }, 'arrivalVariation must be'],
  ])('fails on %j', (wrong, message) => {
    expect(() => queueWait({ servers: 1, arrivalRate: 1, meanSeconds: 0.5, ...wrong })).toThrow(message);
  });
});

describe('utilizationFor', () => {
  test('is the highest that keeps the wait', () => {
    const objective = fc.record({
      servers: fc.integer({ min: 1, max: 300 }),
      meanSeconds: seconds,
      serviceVariation: fc.double({ min: 0, max: 20, noNaN: true }),
      share: fc.constantFrom(0.5, 0.95, 0.99, 0.999),
      waitSeconds: fc.double({ min: 0, max: 600, noNaN: true }),
    });
    fc.assert(
      fc.property(objective, (it) => {
        const utilization = utilizationFor(it);
        const wait = (rho: number) =>
          queueWait({ ...it, arrivalRate: (rho * it.servers) / it.meanSeconds }).quantileSeconds(it.share);
        expect(wait(utilization)).toBeLessThanOrEqual(it.waitSeconds);
        if (utilization < 0.999) expect(wait(utilization + 1e-6)).toBeGreaterThan(it.waitSeconds);
      }),
    );
  });

  test('M/M/1 by hand: ln(ρ ÷ 0.01) ÷ (1 − ρ) = 10 at ρ = 0.584', () => {
    const objective = { servers: 1, meanSeconds: 1, share: 0.99, waitSeconds: 10 };
    const rho = utilizationFor(objective);
    expect(Math.log(rho / 0.01) / (1 - rho)).toBeCloseTo(10, 6);
  });
});

describe('durations of which mean and maximum are known', () => {
  test('have that mean, and exceed the maximum once in a million', () => {
    const sigma = lognormalSigma(0.09, 20);
    // ln(max) is 4.753 σ above ln(mean) − σ² ÷ 2.
    expect((Math.log(20 / 0.09) + sigma ** 2 / 2) / sigma).toBeCloseTo(4.7534, 3);
    expect(variationOf(0.09, 20)).toBeCloseTo(4.7, 1);
  });

  test('vary more the longer the longest is, from nothing on', () => {
    expect(variationOf(3, 3)).toBe(0);
    fc.assert(
      fc.property(seconds, fc.double({ min: 1, max: 1e7, noNaN: true }), (mean, ratio) => {
        const variation = variationOf(mean, mean * ratio);
        expect(variation).toBeGreaterThanOrEqual(0);
        expect(variationOf(mean, mean * ratio * 1.1)).toBeGreaterThanOrEqual(variation);
        expect(Number.isFinite(variation)).toBe(true);
      }),
    );
  });
});

describe('backlog as a fluid', () => {
  test('is gone exactly when it is said to be', () => {
    const rate = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        rate,
        rate,
        (backlog, arrivals, throughput) => {
          const drained = drainSeconds(backlog, arrivals, throughput);
          if (drained === Infinity) {
            expect(backlogAfter(backlog, arrivals, throughput, 60)).toBeGreaterThanOrEqual(backlog - 1e-6);
          } else {
            expect(backlogAfter(backlog, arrivals, throughput, drained)).toBeLessThan(1e-6 * (1 + backlog));
            expect(backlogAfter(backlog, arrivals, throughput, drained * 0.9)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
    expect(drainSeconds(0, 5, 1)).toBe(0);
    expect(drainSeconds(100, 5, 10)).toBe(20);
  });
});
