import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  FIGURE_NAMES,
  type Figure,
  type FigureName,
  formatProblem,
  formatQuantity,
  planWorker,
  WorkerPlan,
  type WorkerSpec,
} from '../../lib/plan';
import { anySpec, validSpec } from './arbitraries';
import { crawl, develop, MIB } from './examples';
import { violations, wellFormed } from './invariants';

/** Figures that have a row: all but those that are not about this worker. */
const explained = ({ figures }: WorkerPlan) =>
  FIGURE_NAMES.filter((name) => figures[name] !== undefined || LEFT_OUT.includes(name));
const LEFT_OUT: readonly FigureName[] = ['cpuLimit', 'gomaxprocs', 'queueCapacity'];

describe('any valid spec', () => {
  test('has no problems and keeps every invariant', () => {
    fc.assert(
      fc.property(validSpec, (spec) => {
        const plan = planWorker(spec);
        expect(plan.problems.map(formatProblem)).toEqual([]);
        expect(violations(spec, plan)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same plan when planned again, and after a trip through JSON', () => {
    fc.assert(
      fc.property(validSpec, (spec) => {
        const plan = planWorker(spec);
        expect(planWorker(spec)).toEqual(plan);
        const back = new WorkerPlan(JSON.parse(JSON.stringify(plan)));
        expect(back).toEqual(plan);
        expect(back.explain()).toBe(plan.explain());
      }),
    );
  });
});

describe('any numbers at all', () => {
  test('never throw, and every figure is still a finite number with a reason', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const plan = planWorker(spec);
        expect(wellFormed(plan)).toEqual([]);
        expect(plan.explain().split('\n')).toHaveLength(explained(plan).length + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('either have a problem or keep every invariant', () => {
    fc.assert(
      fc.property(fc.oneof(anySpec, mixed), (spec) => {
        const plan = planWorker(spec);
        if (plan.problems.length === 0) {
          expect(violations(spec, plan)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are reported with a property, what is wanted, what was found and what to do', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        for (const problem of planWorker(spec).problems) {
          expect(problem.prop).toMatch(
            /^(task|concurrency|resources|scale|source|shutdown|rollout|downstream|cluster)/,
          );
          expect(problem.wanted).toMatch(/^must /);
          expect(problem.got).not.toBe('');
          expect(problem.fix).toMatch(/^[A-Z].*\.$/);
        }
      }),
    );
  });
});

/** Parts of a valid spec beside parts of another: single numbers are fine, their relations often are not. */
const mixed: fc.Arbitrary<WorkerSpec> = fc
  .tuple(validSpec, validSpec)
  .map(([a, b]) => ({ ...a, task: b.task }));

describe('relations between plans', () => {
  test('resources that a pool was sized to hold that pool when it is sized from them', () => {
    fc.assert(
      fc.property(validSpec, fc.integer({ min: 1, max: 256 }), (spec, slots) => {
        const { resources: _, ...rest } = spec;
        const first = planWorker({ ...rest, concurrency: slots }).figures;
        const { concurrency: __, ...unsized } = rest;
        const second = planWorker({
          ...unsized,
          resources: { cpu: { request: first.cpuRequest.value }, memory: { limit: first.memoryLimit.value } },
        }).figures;
        expect(second.poolSlots.value).toBeGreaterThanOrEqual(slots);
      }),
    );
  });

  test('a pool that was sized from resources fits into them', () => {
    const resources = fc.record({
      request: fc.integer({ min: 10, max: 1600 }).map((n) => n / 100),
      limit: fc.integer({ min: 1024, max: 65536 }).map((n) => n * MIB),
    });
    fc.assert(
      fc.property(validSpec, resources, ({ concurrency: _, ...spec }, { request, limit }) => {
        const sized = planWorker({ ...spec, resources: { cpu: { request }, memory: { limit } } });
        fc.pre(!sized.problems.some(({ prop }) => prop === 'resources.memory.limit'));
        const { resources: __, ...unsized } = spec;
        const again = planWorker({ ...unsized, concurrency: sized.figures.poolSlots.value }).figures;
        const perSlot = spec.task.cpuSeconds / spec.task.durationSeconds.mean;
        expect(again.memoryLimit.value).toBeLessThanOrEqual(limit);
        expect(again.cpuRequest.value).toBeLessThanOrEqual(request + perSlot + 0.01);
      }),
    );
  });

  test.each([
    'peakPodsSteady',
    'peakPodsRollingUpdate',
    'peakPodsBlueGreen',
    'peakConcurrencySteady',
    'peakConcurrencyRollingUpdate',
    'peakConcurrencyBlueGreen',
    'maxAckPending',
  ] as const)('%s never falls when slots or scale.max rise', (name) => {
    fc.assert(
      fc.property(validSpec, fc.integer({ min: 1, max: 50 }), (spec, more) => {
        const { resources: _, ...rest } = spec;
        // With tasks held in the pod more slots shorten the drain, and so the time that old pods are there.
        const { held: __, ...source } = spec.source;
        const sized = { ...rest, source, concurrency: spec.concurrency ?? 8 };
        const value = (it: WorkerSpec) => planWorker(it).figures[name].value;
        const least = value(sized);
        expect(value({ ...sized, concurrency: sized.concurrency + more })).toBeGreaterThanOrEqual(least);
        expect(
          value({ ...sized, scale: { ...spec.scale, max: spec.scale.max + more } }),
        ).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  test('more CPU per task never makes a pod faster', () => {
    fc.assert(
      fc.property(validSpec, fc.double({ min: 1, max: 10, noNaN: true }), (spec, factor) => {
        // With tasks held in the pod a slower one holds fewer, which may leave memory for another slot.
        const { held: _, ...source } = spec.source;
        const slower = { ...spec, task: { ...spec.task, cpuSeconds: spec.task.cpuSeconds * factor } };
        const rate = (it: WorkerSpec) => planWorker({ ...it, source }).figures.throughputPerPod.value;
        const given = spec.resources?.cpu;
        fc.pre(given?.limit !== undefined && given.limit !== 'none');
        expect(rate(slower)).toBeLessThanOrEqual(rate(spec) * (1 + 1e-9));
      }),
    );
  });
});

describe('the invariants find a planted wrong figure', () => {
  const planted: Partial<Record<FigureName, (value: number) => number>> = {
    poolSlots: (n) => n + 1,
    cpuRequest: (n) => n + 100,
    cpuLimit: (n) => n / 10,
    memoryRequest: (n) => n + 1,
    memoryLimit: (n) => n - 2 * MIB,
    scratch: () => 0,
    ephemeralStorageRequest: (n) => n + 1,
    ephemeralStorageLimit: (n) => n - 64 * MIB,
    gomemlimit: (n) => n + 2 * MIB,
    throughputPerPod: (n) => n * 2,
    prefetch: () => 0,
    ackWait: (n) => n - 2,
    maxAckPending: (n) => n - 1,
    drain: (n) => n - 1,
    flush: (n) => n + 10,
    lameDuck: (n) => n + 10,
    gracePeriod: (n) => n - 1,
    minReplicas: (n) => n + 1,
    maxReplicas: (n) => n - 1,
    targetUtilization: () => 0.91,
    backlogPerReplica: (n) => n + 1,
    scaleUpPercent: () => 0,
    scaleUpPods: () => 0,
    scaleUpPeriod: () => 1,
    scaleDownWindow: () => 60,
    scaleDownPercent: () => 100,
    scaleDownPeriod: () => 15,
    maxSurge: () => 0,
    minReadySeconds: () => 600,
    pdbMaxUnavailable: () => 0,
    peakPodsSteady: (n) => n - 20,
    peakPodsRollingUpdate: (n) => n + 1,
    peakPodsBlueGreen: (n) => n - 1,
    peakConcurrencySteady: (n) => n - 1,
    peakConcurrencyRollingUpdate: (n) => n - 1,
    peakConcurrencyBlueGreen: (n) => n - 1,
  };
  const { figures, ...rest } = planWorker(develop);

  test('every figure of the example is planted once', () => {
    expect(Object.keys(planted).sort()).toEqual(Object.keys(figures).sort());
  });

  test.each(Object.entries(planted))('%s', (name, change) => {
    const right = figures[name as FigureName] as Figure;
    const value = change(right.value);
    const wrong: Figure = { ...right, value, reason: `planted ${formatQuantity(value, right.unit)}` };
    expect(violations(develop, { ...rest, figures })).toEqual([]);
    expect(violations(develop, { ...rest, figures: { ...figures, [name]: wrong } })).not.toEqual([]);
  });

  const idle = { ...develop, scale: { ...develop.scale, min: 0, by: 'keda' as const } };

  test.each([
    ['unsettledPerReplica', (n: number) => n - 1],
    ['pollingInterval', () => 0],
    ['cooldown', () => 5],
  ] as const)('%s', (name, change) => {
    const plan = planWorker(idle);
    const right = plan.figures[name] as Figure;
    const value = change(right.value);
    const wrong: Figure = { ...right, value, reason: `planted ${formatQuantity(value, right.unit)}` };
    expect(violations(idle, plan)).toEqual([]);
    expect(violations(idle, { ...plan, figures: { ...plan.figures, [name]: wrong } })).toHaveLength(1);
    expect(violations(develop, { ...rest, figures: { ...figures, [name]: right } })).toHaveLength(1);
  });

  test('gomaxprocs', () => {
    const plan = planWorker(crawl);
    const { gomaxprocs: _, ...without } = plan.figures;
    expect(violations(crawl, { ...rest, figures: without })).toContain(
      'GOMAXPROCS is explicit below 2 cores',
    );
  });

  test('queueCapacity', () => {
    const spec: WorkerSpec = { ...crawl, source: { ...crawl.source, held: {} } };
    const plan = planWorker(spec);
    const capacity = { value: 20_000, unit: 'tasks', reason: '20,000 tasks' } as const;
    expect(violations(spec, { ...plan, figures: { ...plan.figures, queueCapacity: capacity } })).toContain(
      "a pod's queue is not full before the autoscaler acts",
    );
    const endless = { value: 200_000, unit: 'tasks', reason: '200,000 tasks' } as const;
    expect(violations(spec, { ...plan, figures: { ...plan.figures, queueCapacity: endless } })).toContain(
      'all that runs and waits in the pod fits below GOMEMLIMIT',
    );
  });

  test('a reason that shows another number', () => {
    const wrong = { ...figures.poolSlots, reason: '15 slots, given as concurrency' };
    const plan = { ...rest, figures: { ...figures, poolSlots: wrong } };
    expect(violations(develop, plan)).toEqual(['the reason of poolSlots hides its value']);
  });
});
