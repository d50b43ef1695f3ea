import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findBend, fitTasks, type Interval, Random } from '../../../lib/plan';
import { syntheticRuns, type Truth } from './synthetic';

const MIB = 2 ** 20;

/** A crawler: much waiting, little CPU, and no resource that runs out. */
const WAITS: Truth = {
  cpuSeconds: 0.004,
  waitingSeconds: 0.15,
  startCpuSeconds: 0.03,
  startSeconds: 0.05,
  idleBytes: 18 * MIB,
  baseBytes: 24 * MIB,
  perTaskBytes: 0.5 * MIB,
  cores: 2,
  lockSeconds: 0,
  noise: 0.03,
};
const LEVELS = [1, 4, 16, 64];
const ROUNDS = 3;

function holds({ low, high }: Interval, truth: number): boolean {
  return low <= truth && truth <= high;
}

describe('a fit of runs', () => {
  test('recovers the truth within its interval in about 95 of 100 measurements', () => {
    const measurements = 200;
    const inside = { cpu: 0, duration: 0, waiting: 0, idle: 0, base: 0, perTask: 0, start: 0 };
    // Errors of memory are independent and equally large, as the fit takes them.
    const flat = { ...WAITS, perTaskBytes: 0.02 * MIB };
    for (let seed = 1; seed <= measurements; seed++) {
      const fit = fitTasks(syntheticRuns(flat, LEVELS, ROUNDS, new Random(seed)), flat.cores);
      const { cpuSeconds, waitingSeconds } = flat;
      if (holds(fit.cpuSeconds, cpuSeconds)) inside.cpu++;
      if (holds(fit.durationSeconds, cpuSeconds + waitingSeconds)) inside.duration++;
      if (holds(fit.waitingSeconds, waitingSeconds)) inside.waiting++;
      if (holds(fit.idleBytes, flat.idleBytes)) inside.idle++;
      if (holds(fit.baseBytes, flat.baseBytes)) inside.base++;
      if (holds(fit.perTaskBytes, flat.perTaskBytes)) inside.perTask++;
      if (holds(fit.startSeconds, flat.startSeconds)) inside.start++;
    }
    for (const [name, count] of Object.entries(inside)) {
      expect([name, count / measurements > 0.9 && count < measurements]).toEqual([name, true]);
    }
  });

  test('is exact without noise, whatever the truth', () => {
    const truths = fc.record({
      cpuSeconds: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      waitingSeconds: fc.double({ min: 0, max: 2, noNaN: true }),
      baseBytes: fc.integer({ min: 10 * MIB, max: 200 * MIB }),
      perTaskBytes: fc.integer({ min: 0, max: 100 * MIB }),
    });
    fc.assert(
      fc.property(truths, (given) => {
        const truth: Truth = { ...WAITS, ...given, cores: 1000, noise: 0, idleBytes: given.baseBytes / 2 };
        const fit = fitTasks(syntheticRuns(truth, LEVELS, 2, new Random(1)), truth.cores);
        expect(fit.bend).toBeUndefined();
        expect(fit.cpuSeconds.value).toBeCloseTo(truth.cpuSeconds, 9);
        expect(fit.waitingSeconds.value).toBeCloseTo(truth.waitingSeconds, 9);
        expect(fit.baseBytes.value / truth.baseBytes).toBeCloseTo(1, 6);
        expect(fit.perTaskBytes.value).toBeCloseTo(truth.perTaskBytes, -1);
      }),
    );
  });

  test('gives a plan memory that no run went above', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const runs = syntheticRuns({ ...WAITS, noise: 0.2 }, LEVELS, ROUNDS, new Random(seed));
        const { planBytes } = fitTasks(runs, 2);
        for (const { concurrency, memoryBytes } of runs) {
          const given = planBytes.base + concurrency * planBytes.perTask;
          if (concurrency > 0) expect(memoryBytes).toBeLessThanOrEqual(given * (1 + 1e-12));
        }
      }),
    );
  });

  test('gives no interval that reaches below nothing, however noisy the runs', () => {
    const runs = syntheticRuns({ ...WAITS, cpuSeconds: 0.0001, noise: 1 }, [1, 4], 2, new Random(1));
    const { bend: _, planBytes: __, ...fit } = fitTasks(runs, 2);
    for (const [name, found] of Object.entries(fit)) {
      const least = typeof found === 'number' ? found : found.low;
      expect([name, least >= 0]).toEqual([name, true]);
    }
  });

  test('takes the time of a task from below the bend only', () => {
    const truth = { ...WAITS, cpuSeconds: 0.1, waitingSeconds: 0.1 };
    const { durationSeconds, bend } = fitTasks(syntheticRuns(truth, [1, 2, 4, 8, 16], 4, new Random(3)), 2);
    expect(bend?.cause).toBe('throttled');
    expect(durationSeconds.value).toBeCloseTo(0.2, 1);
    expect(durationSeconds.high).toBeLessThan(0.22);
  });

  test.each([
    ['one idle run', [0, 1, 2, 4], 'idle runs must be two or more, got 1'],
    ['one concurrency only', [0, 0, 1, 1, 1], 'points at two places or more'],
  ])('fails with %s', (_, levels, message) => {
    const runs = levels.flatMap((level) => syntheticRuns(WAITS, [level], 1, new Random(1)).slice(1));
    expect(() => fitTasks(runs, 2)).toThrow(message);
  });
});

describe('a bend', () => {
  const bendOf = (truth: Truth, levels: readonly number[], seed: number) =>
    findBend(
      syntheticRuns(truth, levels, ROUNDS, new Random(seed)).filter(({ concurrency }) => concurrency > 0),
      truth.cores,
    );
  const share = (found: (seed: number) => boolean) =>
    Array.from({ length: 60 }, (_, seed) => found(seed + 1)).filter(Boolean).length / 60;

  test('of a lock is found where it was planted, as contention', () => {
    // One task in a lock for 10 ms of its 160 ms: from 16 tasks at the same time on it is always taken.
    const locked = { ...WAITS, waitingSeconds: 0.156, lockSeconds: 0.01 };
    const levels = [1, 4, 8, 16, 32, 64];
    for (let seed = 1; seed <= 20; seed++) {
      const bend = bendOf(locked, levels, seed);
      expect(bend?.cause).toBe('contention');
      expect(bend?.concurrency.value).toBeGreaterThan(13);
      expect(bend?.concurrency.value).toBeLessThan(19);
      expect(bend?.power.value).toBeCloseTo(1, 1);
      expect(bend?.reason).toContain('tasks wait for each other');
    }
    expect(share((seed) => holds(bendOf(locked, levels, seed)?.concurrency ?? none, 16))).toBeGreaterThan(
      0.85,
    );
  });

  test('of a used-up quota is throttling, and of used-up cores CPU', () => {
    const busy = { ...WAITS, cpuSeconds: 0.1, waitingSeconds: 0.1 };
    const levels = [1, 2, 4, 8, 16];
    expect(bendOf(busy, levels, 1)).toMatchObject({ cause: 'throttled' });
    expect(bendOf(busy, levels, 1)?.concurrency.value).toBeCloseTo(4, 0);
    const withoutQuota = syntheticRuns(busy, levels, ROUNDS, new Random(1)).map((run) => ({
      ...run,
      throttledShare: 0,
    }));
    const bend = findBend(
      withoutQuota.filter(({ concurrency }) => concurrency > 0),
      busy.cores,
    );
    expect(bend?.cause).toBe('cpu');
    expect(bend?.reason).toMatch(/^(9\d|10\d) % of 2 cores are busy$/);
  });

  test('is seldom found where there is none', () => {
    expect(share((seed) => bendOf(WAITS, LEVELS, seed) !== undefined)).toBeLessThan(0.03);
    const noisy = { ...WAITS, noise: 0.1 };
    expect(share((seed) => bendOf(noisy, LEVELS, seed) !== undefined)).toBeLessThan(0.05);
  });
});

const none: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
