import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { burstLoad, expectedTasks, type PoolScenario, simulatePool } from '../../../lib/plan';

const duration = { kind: 'exponential', meanSeconds: 0.1 } as const;
const base: PoolScenario = {
  arrivals: { kind: 'poisson', rate: 60 },
  duration,
  pods: 2,
  slotsPerPod: 4,
  tasks: 20_000,
};

describe('simulatePool', () => {
  test('gives the same for the same seed, and something else for another', () => {
    const mean = (seed: number) => simulatePool({ ...base, seed }).waits.mean().value;
    expect(mean(1)).toBe(mean(1));
    expect(mean(2)).not.toBe(mean(1));
  });

  test('every task ends once, whatever happens to pods', () => {
    const changes = fc
      .array(fc.record({ atSeconds: fc.double({ min: 0, max: 30, noNaN: true }), pods: fc.nat(5) }), {
        maxLength: 8,
      })
      .map((list) => [...list.sort((a, b) => a.atSeconds - b.atSeconds), { atSeconds: 31, pods: 2 }]);
    fc.assert(
      fc.property(
        changes,
        fc.nat(4),
        fc.constantFrom(0, 0.01, 0.3),
        fc.constantFrom('shared' as const, 'each' as const),
        fc.constantFrom(0, 0.05, 2),
        fc.nat(1000),
        (pods, prefetch, roundTripSeconds, lines, graceSeconds, seed) => {
          const outcome = simulatePool({
            ...base,
            tasks: 1500,
            changes: pods,
            prefetch,
            roundTripSeconds,
            lines,
            graceSeconds,
            seed,
          });
          expect(outcome.unfinished).toBe(0);
          expect(outcome.waits.quantile(0).value).toBeGreaterThanOrEqual(0);
          expect(outcome.utilization).toBeLessThanOrEqual(6);
          if (prefetch === 0 && roundTripSeconds === 0 && lines === 'shared') {
            expect(outcome.handedBack).toBe(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('never runs more tasks than there are slots', () => {
    const outcome = simulatePool({ ...base, arrivals: { kind: 'poisson', rate: 500 }, prefetch: 3 });
    expect(outcome.mostBusySlots).toBe(8);
    expect(outcome.utilization).toBeCloseTo(1, 2);
  });

  test('a pod that is killed in its tasks gives them to others', () => {
    const outcome = simulatePool({
      arrivals: { kind: 'trace', seconds: [0, 0.1, 0.2] },
      duration: { kind: 'constant', meanSeconds: 10 },
      pods: 3,
      slotsPerPod: 1,
      changes: [{ atSeconds: 1, pods: 1 }],
      graceSeconds: 2,
    });
    expect(outcome.killed).toBe(2);
    expect(outcome.unfinished).toBe(0);
    // One pod: 10 s, and then the two that were killed, one after the other.
    expect(outcome.seconds).toBeCloseTo(30, 6);
  });

  test('without a pod tasks wait for the first one', () => {
    const outcome = simulatePool({
      arrivals: { kind: 'trace', seconds: [1, 2] },
      duration: { kind: 'constant', meanSeconds: 1 },
      pods: 0,
      slotsPerPod: 2,
      changes: [{ atSeconds: 5, pods: 1 }],
    });
    expect(outcome.waits.quantile(1).value).toBeCloseTo(4, 9);
    expect(outcome.waits.quantile(0).value).toBeCloseTo(3, 9);
    const stuck = simulatePool({ ...base, pods: 0, tasks: 10 });
    expect(stuck.unfinished).toBe(10);
  });

  test('fetching ahead spares the round trip when slots are full, and hoards when they are not', () => {
    const slow = { ...base, roundTripSeconds: 0.1, arrivals: { kind: 'poisson', rate: 45 } as const };
    const [without, ahead] = [simulatePool(slow), simulatePool({ ...slow, prefetch: 8 })];
    expect(ahead.waits.mean().value).toBeLessThan(without.waits.mean().value);
    const idle = { ...base, pods: 8, arrivals: { kind: 'poisson', rate: 100 } as const };
    const [shared, hoarding] = [simulatePool(idle), simulatePool({ ...idle, prefetch: 8 })];
    expect(hoarding.waits.mean().value).toBeGreaterThan(shared.waits.mean().value);
  });

  test('follows a load', () => {
    const load = burstLoad({ base: 10, burst: 100, atSeconds: 100, burstSeconds: 50, seconds: 300 });
    const outcome = simulatePool({ ...base, tasks: 10_000, arrivals: { kind: 'load', load } });
    const mean = expectedTasks(load);
    expect(mean).toBeCloseTo(250 * 10 + 50 * 100, 6);
    expect(Math.abs(outcome.tasks - mean)).toBeLessThan(5 * Math.sqrt(mean));
    expect(outcome.seconds).toBeGreaterThan(290);
    expect(outcome.seconds).toBeLessThan(320);
  });

  test.each([0, 1.5, -1, Number.NaN])('fails with %d tasks', (tasks) => {
    expect(() => simulatePool({ ...base, tasks })).toThrow('tasks must be 1 or more, got');
  });
});
