import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Figure,
  formatProblem,
  formatQuantity,
  planService,
  SERVICE_FIGURE_NAMES,
  type ServiceFigureName,
  ServicePlan,
  type ServiceSpec,
} from '../../../lib/plan';
import { MIB } from '../examples';
import { anyService, validService } from './arbitraries';
import { upload } from './example';
import { serviceViolations, wellFormedService } from './invariants';

describe('any valid service', () => {
  test('has no problems and keeps every invariant', () => {
    fc.assert(
      fc.property(validService, (spec) => {
        const plan = planService(spec);
        expect(plan.problems.map(formatProblem)).toEqual([]);
        expect(serviceViolations(spec, plan)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same plan when planned again, and after a trip through JSON', () => {
    fc.assert(
      fc.property(validService, (spec) => {
        const plan = planService(spec);
        expect(planService(spec)).toEqual(plan);
        const back = new ServicePlan(JSON.parse(JSON.stringify(plan)));
        expect(back).toEqual(plan);
        expect(back.explain()).toBe(plan.explain());
      }),
    );
  });
});

describe('any numbers at all', () => {
  /** Parts of a valid spec beside parts of another: single numbers are fine, their relations often are not. */
  const mixed = fc
    .tuple(validService, validService)
    .map(([a, b]): ServiceSpec => ({ ...a, request: b.request }));

  test('never throw, and every figure is still a finite number with a reason', () => {
    fc.assert(
      fc.property(anyService, (spec) => {
        const plan = planService(spec);
        expect(wellFormedService(plan)).toEqual([]);
        expect(plan.explain().split('\n')).toHaveLength(SERVICE_FIGURE_NAMES.length + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('either have a problem or keep every invariant', () => {
    fc.assert(
      fc.property(fc.oneof(anyService, mixed), (spec) => {
        const plan = planService(spec);
        if (plan.problems.length === 0) expect(serviceViolations(spec, plan)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('are reported with a property, what is wanted, what was found and what to do', () => {
    fc.assert(
      fc.property(anyService, (spec) => {
        for (const problem of planService(spec).problems) {
          expect(problem.prop).toMatch(
            /^(request|latency|concurrency|resources|scale|shutdown|rollout|downstream|cluster)/,
          );
          expect(problem.wanted).toMatch(/^must /);
          expect(problem.got).not.toBe('');
          expect(problem.fix).toMatch(/^[A-Z].*\.$/);
          expect(`${problem.wanted} ${problem.fix}`).not.toMatch(/\btasks?\b|worker/);
        }
      }),
    );
  });
});

describe('relations between plans', () => {
  test('more patience never lets fewer requests wait, nor a pod end sooner', () => {
    fc.assert(
      fc.property(validService, fc.double({ min: 1, max: 5, noNaN: true }), (spec, times) => {
        const { resources: _, ...unlimited } = spec;
        const sized = { ...unlimited, concurrency: spec.concurrency ?? 8 };
        const least = spec.latencySeconds ?? spec.request.durationSeconds.max;
        const at = (latencySeconds: number) => planService({ ...sized, latencySeconds }).figures;
        const [short, long] = [at(least), at(least * times)];
        expect(long.waitingRoom.value).toBeGreaterThanOrEqual(short.waitingRoom.value);
        expect(long.memoryLimit.value).toBeGreaterThanOrEqual(short.memoryLimit.value);
        expect(long.gracePeriod.value).toBeGreaterThanOrEqual(short.gracePeriod.value);
      }),
    );
  });

  test('a pool that was sized from memory has as many slots as fit', () => {
    const limit = fc.integer({ min: 64 * MIB, max: 16 * 1024 * MIB });
    fc.assert(
      fc.property(validService, limit, ({ concurrency: _, shutdown: __, ...spec }, bytes) => {
        const sized = { ...spec, resources: { memory: { limit: bytes } } };
        const plan = planService(sized);
        fc.pre(plan.problems.length === 0 && spec.request.memoryBytes.perRequest > 1);
        expect(serviceViolations(sized, plan)).toEqual([]);
        const more = planService({ ...sized, concurrency: plan.figures.poolSlots.value + 1 });
        expect(more.problems.map(({ prop }) => prop)).toContain('resources.memory.limit');
      }),
    );
  });

  test('the three signals ask for the same share of what a pod does', () => {
    fc.assert(
      fc.property(validService, (spec) => {
        const at = (by: 'cpu' | 'requests-per-second') =>
          planService({ ...spec, scale: { ...spec.scale, by } }).figures;
        const { targetUtilization, throughputPerPod, cpuRequest } = at('cpu');
        const perSecond = at('requests-per-second').targetRequestRate?.value ?? Number.NaN;
        const cores = ((at('cpu').targetCpuUtilization?.value ?? Number.NaN) / 100) * cpuRequest.value;
        const wanted = targetUtilization.value * throughputPerPod.value;
        expect(Math.abs(perSecond - wanted)).toBeLessThanOrEqual(0.001);
        expect(Math.abs(cores - wanted * spec.request.cpuSeconds)).toBeLessThanOrEqual(
          0.01 * cpuRequest.value * (1 + 1e-9),
        );
      }),
    );
  });
});

describe('the invariants find a planted wrong figure', () => {
  const planted: Partial<Record<ServiceFigureName, (value: number) => number>> = {
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
    longestWait: (n) => n + 0.01,
    waitingRoom: (n) => n + 1,
    lameDuck: (n) => n - 1,
    drain: (n) => n - 0.02,
    flush: () => 0,
    gracePeriod: (n) => n - 1,
    minReplicas: (n) => n + 1,
    maxReplicas: (n) => n - 1,
    targetUtilization: () => 0.91,
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

  const wrong = (spec: ServiceSpec, name: ServiceFigureName, change: (value: number) => number) => {
    const { figures, ...rest } = planService(spec);
    const right = figures[name];
    if (right === undefined) throw new Error(`${name} is left out`);
    const value = change(right.value);
    // The reason shows the planted value, so that only the relation can find it.
    const figure: Figure = { ...right, value, reason: formatQuantity(value, right.unit) };
    return serviceViolations(spec, { ...rest, figures: { ...figures, [name]: figure } });
  };

  test('every figure of the example is planted once', () => {
    expect(serviceViolations(upload, planService(upload))).toEqual([]);
    expect(Object.keys(planted).sort()).toEqual(Object.keys(planService(upload).figures).sort());
  });

  test.each(Object.entries(planted))('%s', (name, change) => {
    expect(wrong(upload, name as ServiceFigureName, change)).not.toEqual([]);
  });

  test.each([
    ['waitingRoom', 'in-flight', (n: number) => n - 2],
    ['longestWait', 'in-flight', (n: number) => n - 0.01],
    ['targetCpuUtilization', 'cpu', (n: number) => n - 2],
    ['targetCpuUtilization', 'cpu', (n: number) => n * 1.4],
    ['targetRequestRate', 'requests-per-second', (n: number) => n - 0.01],
    ['targetRequestRate', 'requests-per-second', (n: number) => n * 1.4],
  ] as const)('%s of a service that is scaled by %s', (name, by, change) => {
    expect(wrong({ ...upload, scale: { ...upload.scale, by } }, name, change)).not.toEqual([]);
  });
});
