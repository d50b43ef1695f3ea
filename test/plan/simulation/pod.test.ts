import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PodScenario, type PodTask, queueWait, Random, simulatePod } from '../../../lib/plan';

/** Tasks of the same CPU, without waiting, all there at the start. */
function waitingTasks(count: number, cpuSeconds: number): PodTask[] {
  return Array.from({ length: count }, () => ({ atSeconds: 0, waitingSeconds: 0, cpuSeconds }));
}

const scenario = fc.record({
  slots: fc.integer({ min: 1, max: 6 }),
  cpu: fc.record({
    cores: fc.double({ min: 0.05, max: 3, noNaN: true }),
    processors: fc.integer({ min: 1, max: 3 }),
  }),
  tasks: fc
    .array(
      fc.record({
        atSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
        waitingSeconds: fc.double({ min: 0, max: 0.3, noNaN: true }),
        cpuSeconds: fc.double({ min: 0, max: 0.2, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((tasks) => tasks.sort((a, b) => a.atSeconds - b.atSeconds)),
});

describe('simulatePod', () => {
  test('does every task, never more at a time than there are slots, and no faster than the CPU allows', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const found = simulatePod(given);
        const { tasks, slots, cpu } = given;
        expect(found.tasks).toBe(tasks.length);
        expect(found.mostBusySlots).toBeLessThanOrEqual(slots);
        expect(found.waits.quantile(0).value).toBeGreaterThanOrEqual(0);
        const work = tasks.reduce((sum, it) => sum + it.cpuSeconds, 0);
        const least = work / Math.min(cpu.cores, cpu.processors, slots);
        // The quota of one period may be used up at once.
        expect(found.seconds).toBeGreaterThanOrEqual(least - 0.1 - 1e-9);
        for (const it of tasks) {
          expect(found.seconds).toBeGreaterThanOrEqual(
            it.atSeconds + it.waitingSeconds + it.cpuSeconds - 1e-9,
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test('stands still when the quota of a period is used up, and goes on in the next one', () => {
    // 0.5 cores on one processor: 50 ms of each 100. The third task ends in the third period.
    const { seconds } = simulatePod({
      slots: 1,
      cpu: { cores: 0.5, processors: 1 },
      tasks: waitingTasks(3, 0.04),
    });
    expect(seconds).toBeCloseTo(0.22, 9);
  });

  test('starts nothing while the quota is used up: a task that comes then waits for the next period', () => {
    const tasks = [
      { atSeconds: 0, waitingSeconds: 0, cpuSeconds: 0.05 },
      { atSeconds: 0.06, waitingSeconds: 0, cpuSeconds: 0.01 },
    ];
    const { waits } = simulatePod({ slots: 2, cpu: { cores: 0.5, processors: 1 }, tasks });
    expect(waits.quantile(1).value).toBeCloseTo(0.04, 9);
  });

  test('shares processors evenly, and one task has one at most', () => {
    const cpu = { cores: 2, processors: 2 };
    expect(simulatePod({ slots: 4, cpu, tasks: waitingTasks(4, 0.1) }).seconds).toBeCloseTo(0.2, 9);
    expect(simulatePod({ slots: 4, cpu, tasks: waitingTasks(1, 0.1) }).seconds).toBeCloseTo(0.1, 9);
  });

  test('finishes what runs when it is told to end, and starts nothing more', () => {
    const of: PodScenario = {
      slots: 2,
      cpu: { cores: 1, processors: 1 },
      tasks: waitingTasks(10, 0.1),
      stopSeconds: 0.25,
    };
    const found = simulatePod(of);
    expect(found.tasks).toBe(4);
    expect(found.drainSeconds).toBeCloseTo(0.15, 9);
  });

  // Exact: exponential tasks that share a processor are a process of births and deaths.
  test.each([
    [1, 1, 0.7],
    [4, 1, 0.7],
    [4, 2, 0.8],
    [8, 2, 0.6],
  ])('waits as theory has it: %i slots that share %i processors at %d', (slots, processors, utilization) => {
    const mean = 0.05;
    const random = new Random(slots + 10 * processors);
    const rate = (utilization * processors) / mean;
    let now = 0;
    const tasks = Array.from({ length: 60_000 }, () => {
      now += random.exponential() / rate;
      return { atSeconds: now, waitingSeconds: 0, cpuSeconds: mean * random.exponential() };
    });
    const { waits } = simulatePod({ slots, cpu: { cores: processors, processors }, tasks });
    const theory = queueWait({
      servers: slots,
      arrivalRate: rate,
      meanSeconds: (slots * mean) / processors,
      completionRate: (running) => Math.min(running, processors) / mean,
    });
    const above = waits.shareAbove(0);
    expect(Math.abs(above.value - theory.waitProbability)).toBeLessThan(4 * above.margin95);
    const found = waits.mean();
    expect(Math.abs(found.value - theory.meanWaitSeconds)).toBeLessThan(4 * found.margin95);
    const quantile = waits.quantile(0.99);
    expect(Math.abs(quantile.value - theory.quantileSeconds(0.99))).toBeLessThan(4 * quantile.margin95);
  });
});
