import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planWorker } from '../../lib/plan';
import { Drains } from '../../lib/status/pods';
import { parsePrometheusText } from '../../lib/status/prometheus-text';
import { statusOf } from '../../lib/status/status';
import { duration, statusText } from '../../lib/status/text';
import { SPEC } from '../cli/example-program';
import { ago, autoscaler, deployment, metricsText, NOW, pod, pods, view } from './cluster';

const style = { width: 100, colors: false };
const textOf = (shop: Parameters<typeof view>[0], beside = {}) =>
  statusText(statusOf(view(shop), beside), style);

test('a worker in a scale-out', () => {
  const starting = pod('develop-4', { status: { phase: 'Pending', conditions: [] } });
  const pending = pod('develop-5', {
    spec: { nodeName: undefined },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' },
      ],
    },
  });
  const text = textOf({
    deployment: deployment(8, { status: { replicas: 6, updatedReplicas: 6 } }),
    pods: [...pods(4), starting, pending],
    autoscaler: autoscaler({
      max: 12,
      utilization: '950m',
      backlog: '310',
      desired: 8,
      limited: 'ScaleUpLimit',
    }),
    metrics: {
      'develop-0': metricsText({ busy: 4, backlog: 1240, tasks: 100, seconds: 10 }),
      'develop-1': metricsText({ busy: 4, backlog: 1236, tasks: 100, seconds: 10 }),
      'develop-2': metricsText({ busy: 3, backlog: 1238, tasks: 100, seconds: 10 }),
      'develop-3': { error: 'a policy forbids it' },
    },
  });
  expect(text).toBe(`shop/develop  Deployment · scaled by HorizontalPodAutoscaler develop
  pods        ●●●●◐○··  4 of 8 ready, 1 starting, 1 without a node  (1 to 12)
  slots       ██████████████████░░  11 of 12 busy, 92 %
  backlog     1,240 tasks, worked off in 10 s at 120 tasks/s (measured)
  scaling     its metrics ask for 19 pods; it stays at 8 pods (last change 35 s ago)
              capstan_pool_utilization  0.95 of 0.7 a pod       asks for 8 pods
              capstan_queue_backlog     310 of 100 a pod        asks for 19 pods
              held by its policy: at most 100 % in 15 s or 4 pods in 15 s, whichever is more
  rollout     done  all pods are of the newest template
              1 pod: no node: 0/3 nodes are available: 3 Insufficient cpu.
              metrics of 1 pod cannot be read: a policy forbids it`);
});

test('a Deployment of others shows what there is', () => {
  expect(textOf({ pods: pods(2) })).toBe(`shop/develop  Deployment
  pods        ●●  2 of 2 ready
  rollout     done  all pods are of the newest template`);
});

describe('a rolling update', () => {
  test.each([
    ['new and old pods', { status: { updatedReplicas: 1 } }, 'going', '1 new, 3 old pods'],
    [
      'a change that nobody has seen',
      { metadata: { generation: 2 } },
      'going',
      'its controller has not seen the last change yet',
    ],
    ['paused', { spec: { replicas: 4, paused: true } }, 'paused', 'paused: 4 new, 0 old pods'],
    [
      'stuck',
      {
        status: {
          updatedReplicas: 1,
          conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
        },
      },
      'stuck',
      'no progress: 1 new, 3 old pods',
    ],
    [
      'done',
      { metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } } },
      'done',
      'all pods are of revision 3',
    ],
  ])('%s', (_, more, state, text) => {
    expect(statusOf(view({ deployment: deployment(4, more), pods: pods(4) })).rollout).toMatchObject({
      state,
      text,
    });
  });
});

describe('the cause of a restart', () => {
  const restarted = (terminated: object) =>
    pod('develop-0', {
      status: {
        containerStatuses: [
          {
            name: 'worker',
            restartCount: 2,
            lastState: { terminated: { finishedAt: ago(180), ...terminated } },
          },
        ],
      },
    });
  test.each([
    ['memory', { reason: 'OOMKilled', exitCode: 137 }, 'out of memory: its limit is 143Mi'],
    [
      'a drain deadline',
      { reason: 'Error', exitCode: 3 },
      'the drain deadline passed, and tasks were handed back (exit code 3)',
    ],
    ['a signal', { reason: 'Error', exitCode: 139 }, 'killed by SIGSEGV'],
    ['another exit code', { reason: 'Error', exitCode: 77 }, 'exit code 77'],
    ['its own end', { reason: 'Completed', exitCode: 0 }, 'it ended by itself (exit code 0)'],
    ['something unknown', { exitCode: undefined }, 'nobody knows'],
  ])('is %s', (_, terminated, cause) => {
    const [restart] = statusOf(view({ pods: [restarted(terminated)] })).restarts;
    expect(restart).toEqual({ pod: 'develop-0', container: 'worker', count: 2, secondsAgo: 180, cause });
  });

  test('is a probe that failed, as the kubelet says', () => {
    const event = {
      type: 'Normal',
      reason: 'Killing',
      message: 'Container worker failed liveness probe, will be restarted',
      involvedObject: { name: 'develop-0', uid: 'develop-0' },
    };
    const { restarts } = statusOf(view({ pods: [restarted({ exitCode: 137 })], events: [event] }));
    expect(restarts[0]?.cause).toBe('its liveness probe failed');
  });
});

describe('drains', () => {
  const ending = (seconds: number) =>
    pod('develop-0', {
      metadata: { deletionTimestamp: ago(seconds - 23), deletionGracePeriodSeconds: 23 },
    });

  test('that go on are shown beside their grace', () => {
    expect(statusOf(view({ pods: [ending(12)] })).draining).toEqual([
      { pod: 'develop-0', seconds: 12, graceSeconds: 23 },
    ]);
  });

  test('that ended between two looks are remembered', () => {
    const drains = new Drains();
    expect(drains.look(view({ pods: [...pods(2), ending(12)] }))).toBeUndefined();
    const last = { pod: 'develop-0', seconds: 12, graceSeconds: 23 };
    expect(drains.look({ pods: [], nowMillis: NOW })).toEqual(last);
    expect(drains.look({ pods: [], nowMillis: NOW })).toEqual(last);
    expect(textOf({ pods: pods(1) }, { lastDrain: last })).toContain(
      'drain       last: develop-0, 12 s of 23 s',
    );
  });
});

test('a plan that is another one than what runs is shown', () => {
  const plan = planWorker({ ...SPEC, name: 'develop' });
  const { deviations } = statusOf(view({ pods: pods(3), autoscaler: autoscaler({ min: 3, max: 9 }) }), {
    plan,
  });
  expect(deviations.map(({ figure }) => figure)).toEqual(['maxReplicas', 'gracePeriod', 'memoryLimit']);
  expect(textOf({ pods: pods(3), autoscaler: autoscaler({ min: 3, max: 9 }) }, { plan })).toContain(
    '  plan        maxReplicas is 9 pods, planned 10 pods\n',
  );
});

test('troubles are those of the last quarter of an hour that are not over, each once', () => {
  const warning = (reason: string, seconds: number) => ({
    type: 'Warning',
    reason,
    message: 'it is so',
    lastTimestamp: ago(seconds),
    involvedObject: { name: 'develop-0', uid: 'develop-0' },
  });
  const events = [warning('FailedMount', 20), warning('FailedMount', 10), warning('Unhealthy', 7200)];
  expect(statusOf(view({ pods: pods(1), events })).troubles).toEqual(['FailedMount: it is so']);
  // The pod has been ready for 590 s.
  expect(statusOf(view({ pods: pods(1), events: [warning('Unhealthy', 600)] })).troubles).toEqual([]);
  expect(statusOf(view({ pods: pods(1), events: [warning('Unhealthy', 580)] })).troubles).toEqual([
    'Unhealthy: it is so',
  ]);
  const foreign = { ...warning('FailedMount', 1), involvedObject: { name: 'other', uid: 'other' } };
  expect(statusOf(view({ pods: pods(1), events: [foreign] })).troubles).toEqual([]);
});

test('as many pods are counted as there are, each once', () => {
  const state = fc.constantFrom<Parameters<typeof pod>[1]>(
    {},
    { status: { phase: 'Failed' } },
    { status: { conditions: [] } },
    { spec: { nodeName: undefined }, status: { phase: 'Pending', conditions: [] } },
    { metadata: { deletionTimestamp: ago(0), deletionGracePeriodSeconds: 5 } },
  );
  fc.assert(
    fc.property(fc.array(state, { maxLength: 60 }), (states) => {
      const all = states.map((it, index) => pod(`develop-${index}`, it));
      const status = statusOf(view({ pods: all }));
      const { wanted: _, ...counts } = status.pods;
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(all.length);
      const text = statusText(status, style);
      for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(140);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }),
  );
});

describe('metrics of Prometheus', () => {
  test('are read with labels, escapes, times and infinities; other lines are passed over', () => {
    const text = '# HELP a b\na{x="1\\"2",y="}"} 3 1700000000000\na +Inf\nb NaN\nbroken{\n\n';
    const samples = parsePrometheusText(text);
    expect(samples).toEqual([
      { name: 'a', labels: { x: '1"2', y: '}' }, value: 3 },
      { name: 'a', labels: {}, value: Number.POSITIVE_INFINITY },
      { name: 'b', labels: {}, value: Number.NaN },
    ]);
  });

  test('never throw, whatever a pod answers', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parsePrometheusText(text))));
  });
});

test.each([
  [0, '0 s'],
  [2.34, '2.3 s'],
  [45, '45 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%s seconds are shown as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
