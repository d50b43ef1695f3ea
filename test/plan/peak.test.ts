import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planWorker, WorkerPlan, type WorkerSpec } from '../../lib/plan';
import { mostPodsWhile } from './autoscaler';
import { mostPods } from './deployment-controller';
import { develop } from './examples';

interface Rollout {
  readonly pods: number;
  /** Fewest pods, 1 when left out. */
  readonly least?: number;
  readonly surge: number;
  /** Pods that may be missing, 0 when left out. */
  readonly unavailable?: number;
  readonly minReadySeconds: number;
  readonly graceSeconds: number;
}

function specOf({
  pods,
  least = 1,
  surge,
  unavailable = 0,
  minReadySeconds,
  graceSeconds,
}: Rollout): WorkerSpec {
  return {
    ...develop,
    task: { ...develop.task, durationSeconds: { mean: 0.09, max: 1 } },
    scale: { ...develop.scale, min: least, max: pods },
    shutdown: { graceSeconds },
    rollout: { maxSurge: surge, maxUnavailable: unavailable, minReadySeconds },
  };
}

const anyRollout = fc.record({
  pods: fc.integer({ min: 1, max: 60 }),
  surge: fc.integer({ min: 0, max: 30 }),
  unavailable: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
  minReadySeconds: fc.integer({ min: 0, max: 30 }),
  graceSeconds: fc.integer({ min: 4, max: 60 }),
});
/** The API server refuses one that may neither add a pod nor miss one. */
const rollout = anyRollout.filter(({ surge, unavailable }) => surge + unavailable > 0);

const play = (it: Rollout) => mostPods({ ...it, startSeconds: () => 0, drainSeconds: () => it.graceSeconds });

describe('the peak of a rolling update', () => {
  test('is never exceeded by the controller, however long pods take to start and to drain', () => {
    const times = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rollout, times, times, (it, starts, drains) => {
        const most = mostPods({
          ...it,
          startSeconds: (i) => starts[i % starts.length] ?? 0,
          drainSeconds: (i) => Math.min(it.graceSeconds, (drains[i % drains.length] ?? 0) * 3),
        });
        expect(most).toBeLessThanOrEqual(planWorker(specOf(it)).figures.peakPodsRollingUpdate.value);
      }),
      { numRuns: 300 },
    );
  });

  test('is never exceeded when pods start at once and drain to the end', () => {
    fc.assert(
      fc.property(rollout, fc.integer({ min: 1, max: 4 }), (it, spans) => {
        // Whole spans of minReadySeconds are the edge: a pod ends in the second in which the next ones are deleted.
        const edge = { ...it, graceSeconds: Math.max(4, it.minReadySeconds * spans) };
        for (const each of [it, edge]) {
          expect(play(each)).toBeLessThanOrEqual(
            planWorker(specOf(each)).figures.peakPodsRollingUpdate.value,
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a grace period of exactly one span', { pods: 40, surge: 10, minReadySeconds: 5, graceSeconds: 5 }, 70],
    [
      'pods that start at once and drain to the end',
      { pods: 40, surge: 10, minReadySeconds: 5, graceSeconds: 4 },
      60,
    ],
    ['a grace period of two spans', { pods: 60, surge: 10, minReadySeconds: 5, graceSeconds: 9 }, 90],
    [
      'pods that may be missing, which go at once',
      { pods: 40, surge: 4, unavailable: 6, minReadySeconds: 5, graceSeconds: 4 },
      54,
    ],
    [
      'a rolling update without surge',
      { pods: 40, surge: 0, unavailable: 6, minReadySeconds: 5, graceSeconds: 4 },
      46,
    ],
    [
      'everything at once without minReadySeconds',
      { pods: 12, surge: 3, minReadySeconds: 0, graceSeconds: 30 },
      24,
    ],
  ])('is reached by %s', (_, it, most) => {
    expect(play(it)).toBe(most);
    expect(planWorker(specOf(it)).figures.peakPodsRollingUpdate.value).toBe(most);
  });

  test('is exceeded by a controller that does not wait for minReadySeconds', () => {
    const it = { pods: 40, surge: 5, minReadySeconds: 5, graceSeconds: 9 };
    const hasty = play({ ...it, minReadySeconds: 1 });
    expect(hasty).toBeGreaterThan(planWorker(specOf(it)).figures.peakPodsRollingUpdate.value);
  });

  test('is scale.max without surge, since old pods are gone before new ones start', () => {
    const plan = planWorker({ ...develop, rollout: { maxSurge: 0 } });
    expect(plan.problems).toEqual([]);
    expect(plan.figures.peakPodsRollingUpdate.value).toBe(develop.scale.max);
  });
});

describe('the steady peak', () => {
  const fleet = fc.record({
    pods: fc.integer({ min: 1, max: 60 }),
    graceSeconds: fc.oneof(fc.integer({ min: 4, max: 400 }), fc.integer({ min: 4, max: 8000 })),
  });
  const specFor = (pods: number, graceSeconds: number) =>
    specOf({ pods, graceSeconds, surge: 1, minReadySeconds: 5 });

  /** Long calm stretches let the window pass; otherwise the count would hardly ever fall. */
  const load = fc
    .array(fc.tuple(fc.nat({ max: 60 }), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 120 }))), {
      minLength: 2,
      maxLength: 12,
    })
    .map((stretches) => stretches.flatMap(([pods, looks]) => Array<number>(looks).fill(pods)));

  test('is never exceeded by the autoscaler, whatever its metrics ask for', () => {
    fc.assert(
      fc.property(fleet, load, ({ pods, graceSeconds }, asked) => {
        const plan = planWorker(specFor(pods, graceSeconds));
        expect(mostPodsWhile(asked, plan)).toBeLessThanOrEqual(plan.figures.peakPodsSteady.value);
      }),
      { numRuns: 300 },
    );
  });

  test('is reached when everything is wanted back right after a step of scale-in', () => {
    const plan = planWorker(specFor(40, 23));
    const asked = [40, ...Array<number>(20).fill(1), 40];
    expect(mostPodsWhile(asked, plan)).toBe(50);
    expect(plan.figures.peakPodsSteady.value).toBe(50);
  });

  test('counts two descents when the grace period is beyond the longest window', () => {
    const plan = planWorker(specOf({ pods: 8, least: 7, surge: 1, minReadySeconds: 5, graceSeconds: 8000 }));
    const calm = Array<number>(241).fill(7);
    expect(mostPodsWhile([8, ...calm, 8, ...calm, 8], plan)).toBe(10);
    expect(plan.figures.peakPodsSteady.value).toBe(11);
  });

  test('is exceeded by an autoscaler that may take all pods at once', () => {
    const right = planWorker(specFor(40, 23)).toJSON();
    const scaleDownPercent = { ...right.figures.scaleDownPercent, value: 100 };
    const plan = new WorkerPlan({ ...right, figures: { ...right.figures, scaleDownPercent } });
    expect(mostPodsWhile([40, ...Array<number>(20).fill(1), 40], plan)).toBeGreaterThan(50);
  });
});
