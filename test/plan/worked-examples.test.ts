import { describe, expect, test } from '@jest/globals';
import { type Figures, planWorker, type WorkerSpec } from '../../lib/plan';
import { crawl, develop, MIB } from './examples';

function values(spec: WorkerSpec): Partial<Record<keyof Figures, number>> {
  const plan = planWorker(spec);
  expect(plan.problems).toEqual([]);
  return Object.fromEntries(Object.entries(plan.figures).map(([name, figure]) => [name, figure.value]));
}

describe('figures computed by hand', () => {
  test('develop is bound by CPU and memory', () => {
    expect(values(develop)).toEqual({
      poolSlots: 16,
      cpuRequest: 7.12, // 16 × 0.04 ÷ 0.09 = 7.111
      cpuLimit: 9, // 1.25 × 7.12 = 8.9
      memoryRequest: 1094 * MIB,
      memoryLimit: 1094 * MIB, // (24 + 16 × 60) ÷ 0.9 = 1093.3
      gomemlimit: Math.floor(984.6 * MIB),
      scratch: 16 * MIB,
      ephemeralStorageRequest: 80 * MIB,
      ephemeralStorageLimit: 80 * MIB,
      throughputPerPod: 16 / 0.09,
      prefetch: 1, // 2 × 177.8 × 0.002 = 0.71
      ackWait: 44, // 2 × 20 + 3 + 0.002
      maxAckPending: 1440, // 18 × 80
      lameDuck: 0,
      drain: 20,
      flush: 3,
      gracePeriod: 23,
      minReplicas: 3,
      maxReplicas: 40,
      targetUtilization: 0.7,
      backlogPerReplica: 10666, // 177.78 × 60
      scaleUpPercent: 100,
      scaleUpPods: 4,
      scaleUpPeriod: 15,
      scaleDownWindow: 300,
      scaleDownPercent: 25,
      scaleDownPeriod: 60,
      maxSurge: 10,
      minReadySeconds: 5,
      pdbMaxUnavailable: 1,
      peakPodsSteady: 50, // 40 + ⌈40 ÷ 4⌉
      peakPodsRollingUpdate: 80, // 10 × (⌊23 ÷ 5⌋ + 1) > 40, so all old beside all new
      peakPodsBlueGreen: 80,
      peakConcurrencySteady: 800,
      peakConcurrencyRollingUpdate: 1280,
      peakConcurrencyBlueGreen: 1280,
    });
  });

  test('crawl waits: many slots on part of a core', () => {
    expect(values(crawl)).toMatchObject({
      poolSlots: 64,
      cpuRequest: 0.64, // 64 × 0.002 ÷ 0.2
      cpuLimit: 1,
      gomaxprocs: 1,
      memoryLimit: 94 * MIB, // (20 + 64) ÷ 0.9 = 93.3
      throughputPerPod: 320, // 64 ÷ 0.2
      prefetch: 7, // 2 × 320 × 0.01 = 6.4
      lameDuck: 5,
      gracePeriod: 18, // 5 + 10 + 3
      ackWait: 24, // 2 × 10 + 3 + 0.01
      backlogPerReplica: 19200,
    });
  });
});

describe('what is given decides what is derived', () => {
  const { concurrency: _, ...unsized } = develop;
  const figures = (resources: WorkerSpec['resources'], spec: WorkerSpec = unsized) =>
    planWorker({ ...spec, ...(resources && { resources }) }).figures;

  test("a CPU request sizes the pool by Little's law", () => {
    const f = figures({ cpu: { request: 2 } });
    expect(f.poolSlots.value).toBe(5); // ⌈2 × 0.09 ÷ 0.04⌉ = ⌈4.5⌉
    expect(f.cpuLimit?.value).toBe(3); // 1.25 × 2.22 = 2.8
    expect(f.throughputPerPod.reason).toContain('the slots bind');
  });

  test('a CPU limit alone sizes the pool, and the request follows it', () => {
    const f = figures({ cpu: { limit: 2 } });
    expect([f.poolSlots.value, f.cpuRequest.value, f.cpuLimit?.value]).toEqual([5, 2, 2]);
    expect(f.throughputPerPod.value).toBe(50);
    expect(f.throughputPerPod.reason).toContain('the CPU binds');
  });

  test('memory bounds a pool that the CPU would make larger', () => {
    const f = figures({ cpu: { request: 2 }, memory: { limit: 256 * MIB } });
    expect(f.poolSlots.value).toBe(3); // (230.4 − 24) ÷ 60 = 3.4
    expect(f.poolSlots.reason).toContain('the CPU would keep 5 busy');
  });

  test('memory alone sizes the pool, and the CPU follows', () => {
    const f = figures({ memory: { limit: 256 * MIB } });
    expect([f.poolSlots.value, f.cpuRequest.value]).toEqual([3, 1.34]);
  });

  test('a memory request alone is the limit as well', () => {
    const f = figures({ memory: { request: 256 * MIB } });
    expect([f.poolSlots.value, f.memoryLimit.value]).toEqual([3, 256 * MIB]);
  });

  test('without a CPU limit GOMAXPROCS is the request, and bounds the rate', () => {
    const f = figures({ cpu: { request: 2, limit: 'none' } }, develop);
    expect(f.cpuLimit).toBeUndefined();
    expect(f.gomaxprocs?.value).toBe(2);
    expect(f.throughputPerPod.value).toBe(50); // 2 ÷ 0.04, though 16 slots would do 177.8
  });

  test.each([
    [0.3, 1],
    [1, 1],
    [1.5, 2],
    [2, undefined],
    [3.5, undefined],
  ])('a limit of %d cores makes GOMAXPROCS %s', (limit, procs) => {
    expect(figures({ cpu: { limit } }, crawl).gomaxprocs?.value).toBe(procs);
  });

  test('a fixed grace period is kept', () => {
    const f = planWorker({ ...develop, shutdown: { graceSeconds: 60 } }).figures;
    expect(f.gracePeriod.value).toBe(60);
  });

  test('what waits in the pod is worked off before the pod ends', () => {
    const source = { ...develop.source, held: { capacity: 372 } };
    const f = planWorker({ ...develop, source }).figures;
    expect(f.drain.value).toBeCloseTo(22, 1); // (372 − 16) ÷ 177.8 + 20
    expect(f.gracePeriod.value).toBe(26); // 22.0025 + 3 in whole seconds
    expect(f.drain.reason).toContain('356 tasks that may wait in the pod');
  });

  test('fails when a fixed grace period leaves no time for what waits in the pod', () => {
    const spec = {
      ...develop,
      scale: { ...develop.scale, max: 3 },
      source: { ...develop.source, held: { capacity: 372 } },
      shutdown: { graceSeconds: 23 },
    };
    expect(planWorker(spec).problems.map(({ prop }) => prop)).toEqual(['shutdown.gracePeriod']);
  });

  test("a pod's own queue holds what the autoscaler has to see", () => {
    const plan = planWorker({ ...crawl, source: { ...crawl.source, held: {} } });
    expect(plan.problems).toEqual([]);
    expect(plan.figures.queueCapacity?.value).toBe(21_185); // 64 + 1.1 × 19,200 + 1
    expect(plan.figures.drain.value).toBeCloseTo(76, 0); // (21,185 − 64) ÷ 320 + 10
  });

  test('fails when a pod turns tasks away before the autoscaler adds one', () => {
    const at = (capacity: number) =>
      planWorker({ ...crawl, source: { ...crawl.source, held: { capacity } } });
    expect(at(21_184).problems.map(({ prop }) => prop)).toEqual(['source.capacity']);
    expect(at(21_185).problems).toEqual([]);
  });

  test('a scale-in window never exceeds what the API takes', () => {
    const task = { ...develop.task, durationSeconds: { mean: 60, max: 7200 } };
    const f = planWorker({ ...develop, task, scale: { ...develop.scale, drainWithinSeconds: 600 } }).figures;
    expect([f.scaleDownWindow.value, f.scaleDownPeriod.value]).toEqual([3600, 1800]);
  });

  test('a worker that may scale to zero says what leads out of it', () => {
    const spec = { ...crawl, scale: { ...crawl.scale, min: 0 }, cluster: { oldest: '1.37' } };
    const plan = planWorker(spec);
    expect(plan.problems).toEqual([]);
    expect(plan.figures.minReplicas.reason).toContain('only what the broker counts leads out of zero');
  });

  test('a higher steady peak is the one that a downstream budget has to take', () => {
    const downstream = [{ name: 'store', limit: 1e6 }];
    const spec = { ...develop, rollout: { maxSurge: 1, minReadySeconds: 30 }, downstream };
    const [store] = planWorker(spec).downstream;
    expect(store?.peak.value).toBe(16 * 50);
    expect(store?.peak.reason).toContain('while the autoscaler moves');
  });
});
