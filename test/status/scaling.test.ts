import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Autoscaler } from '../../lib/plan/autoscaler/autoscaler';
import { readAutoscaler } from '../../lib/plan/autoscaler/read-autoscaler';
import { scalingOf } from '../../lib/status/scaling';
import { autoscaler, BEHAVIOR, deployment, type HpaSays, pod, pods, view } from './cluster';

function scaling(current: number, says: HpaSays) {
  return scalingOf(
    view({ deployment: deployment(current), pods: pods(current), autoscaler: autoscaler(says) }),
  );
}

describe('what holds an autoscaler back', () => {
  test.each<[string, number, HpaSays, number | undefined, string | undefined, string]>([
    ['nothing, on its target', 4, { utilization: '700m', backlog: '0' }, 4, undefined, ''],
    [
      'its tolerance',
      4,
      { utilization: '740m', backlog: '0' },
      4,
      'tolerance',
      'capstan_pool_utilization is within 10 % of its target',
    ],
    ['nothing, on its way', 4, { utilization: '1', backlog: '0', desired: 6 }, 6, undefined, ''],
    [
      'its policy',
      4,
      { utilization: '700m', backlog: '500', desired: 8, limited: 'ScaleUpLimit' },
      20,
      'policy',
      'at most 100 % in 15 s or 4 pods in 15 s, whichever is more',
    ],
    [
      'its maximum',
      20,
      { utilization: '1', backlog: '0', limited: 'TooManyReplicas' },
      29,
      'max',
      'maxReplicas is 20',
    ],
    [
      'its minimum',
      3,
      { min: 3, utilization: '100m', backlog: '0', limited: 'TooFewReplicas' },
      1,
      'min',
      'minReplicas is 3',
    ],
    [
      'its window',
      8,
      { utilization: '100m', backlog: '0', able: 'ScaleDownStabilized' },
      2,
      'stabilization',
      'it asked for a higher number within the last 300 s',
    ],
    [
      'the policy of scale-in',
      8,
      { utilization: '100m', backlog: '0', limited: 'ScaleDownLimit' },
      2,
      'policy',
      'at most 25 % in 60 s',
    ],
    [
      'a metric that cannot be read',
      8,
      { utilization: '100m' },
      2,
      'metric',
      'capstan_queue_backlog cannot be read, and might ask for more',
    ],
    [
      'no metric at all',
      8,
      { active: { reason: 'FailedGetPodsMetric', message: 'no metrics' } },
      undefined,
      'metric',
      'no metrics',
    ],
    [
      'zero pods',
      0,
      { active: { reason: 'ScalingDisabled', message: 'x' } },
      undefined,
      'zero',
      'the number of pods is 0, and somebody else set it so',
    ],
    [
      'the window of scale-out',
      4,
      {
        utilization: '1',
        backlog: '0',
        able: 'ScaleUpStabilized',
        behavior: { ...BEHAVIOR, scaleUp: { ...BEHAVIOR.scaleUp, stabilizationWindowSeconds: 60 } },
      },
      6,
      'stabilization',
      'it asked for a lower number within the last 60 s',
    ],
    [
      'a direction that is switched off',
      8,
      {
        utilization: '100m',
        backlog: '0',
        behavior: { ...BEHAVIOR, scaleDown: { selectPolicy: 'Disabled' } },
      },
      2,
      'policy',
      'scale-in is switched off',
    ],
    [
      'the older algorithm',
      4,
      { utilization: '1', backlog: '500', limited: 'ScaleUpLimit', behavior: 'none' },
      20,
      'policy',
      'at most twice the pods, or 4, at each look',
    ],
  ])('%s', (_, current, says, wanted, by, text) => {
    const found = scaling(current, says);
    expect(found?.wanted).toBe(wanted);
    expect(found?.held?.by).toBe(by);
    if (text !== '') expect(found?.held?.text).toBe(text);
  });
});

test('a tolerance that holds only because pods are not ready yet says so', () => {
  const starting = pod('develop-3', { status: { phase: 'Pending', conditions: [] } });
  const found = scalingOf(
    view({
      deployment: deployment(4),
      pods: [...pods(3), starting],
      autoscaler: autoscaler({ utilization: '994m', backlog: '0' }),
    }),
  );
  expect(found?.metrics[0]).toMatchObject({ value: 0.994, target: 0.7, pods: 4 });
  expect(found?.held?.text).toBe('capstan_pool_utilization is within 10 %, unready pods counted');
});

test('each metric asks for as many pods as the controller would count for it', () => {
  const [one, other] = scaling(4, { utilization: '840m', backlog: '225' })?.metrics ?? [];
  expect(one).toMatchObject({ value: 0.84, target: 0.7, pods: 5, isTolerated: false });
  expect(other).toMatchObject({ value: 225, target: 100, pods: 9, isTolerated: false });
});

test('what a status says leads to the decision that the controller took', () => {
  const milli = fc.integer({ min: 0, max: 1000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      milli,
      fc.integer({ min: 0, max: 2000 }),
      (current, busy, backlog) => {
        const document = autoscaler({});
        const { spec } = readAutoscaler({ ...document, status: undefined });
        if (spec === undefined) throw new Error('it cannot be read');
        const group = { count: current, phase: 'Running', ready: true, terminating: false } as const;
        const decision = new Autoscaler(spec).sync({
          nowMillis: 0,
          replicas: current,
          listed: current,
          pods: [{ ...group, startMillis: -1e6, readyChangedMillis: -9e5 }],
          readings: [{ milli: [busy] }, backlog * 1000],
        });
        const [seen = 0, share = 0] = decision.seen;
        const found = scaling(current, { utilization: `${seen}m`, backlog: `${share}m` });
        // The share of a pod is rounded up by less than a thousandth.
        const exact = (backlog * 1000) / current === Math.ceil((backlog * 1000) / current);
        if (exact) expect(found?.wanted).toBe(decision.raw);
        expect(Math.abs((found?.wanted ?? 0) - (decision.raw ?? 0))).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('an autoscaler of CPU, by percent of what pods request', () => {
  const document = {
    metadata: { name: 'develop', uid: 'hpa' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'develop' },
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
    status: {
      desiredReplicas: 6,
      currentMetrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', current: { averageUtilization: 75, averageValue: '75m' } },
        },
      ],
    },
  };
  const found = scalingOf(view({ deployment: deployment(4), pods: pods(4), autoscaler: document }));
  expect(found).toMatchObject({
    wanted: 6,
    desired: 6,
    min: 1,
    metrics: [{ value: 75, target: 50, pods: 6 }],
  });
});
