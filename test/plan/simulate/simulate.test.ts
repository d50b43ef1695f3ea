import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  burstLoad,
  constantLoad,
  dailyLoad,
  expectedTasks,
  formatProblem,
  type Load,
  parseLoadCsv,
  type SimulateSettings,
  simulate,
  simulatePool,
  type WorkerSimulation,
} from '../../../lib/plan';
import {
  autoscaler,
  budget,
  configMap,
  cronJob,
  deployment,
  MEAN_SECONDS,
  SLOTS,
  scaledObject,
  settings,
  worker,
} from './documents';

function played(documents: readonly unknown[], load: Load, more: SimulateSettings = {}): WorkerSimulation {
  const { workers, problems } = simulate(documents, load, { ...settings, ...more });
  expect(problems.map(formatProblem)).toEqual([]);
  const [only] = workers;
  if (only === undefined) throw new Error('nothing was simulated');
  return only;
}

/** The same load event by event, with the pods that the simulation had. */
function eventByEvent({ steps }: WorkerSimulation, load: Load, seed: number) {
  const [first] = steps;
  const changes = steps.map(({ atSeconds, readyPods }) => ({ atSeconds: atSeconds + 15, pods: readyPods }));
  return simulatePool({
    arrivals: { kind: 'load', load },
    duration: { kind: 'lognormal', meanSeconds: MEAN_SECONDS, maxSeconds: 2 },
    pods: first?.readyPods ?? 0,
    slotsPerPod: SLOTS,
    changes,
    seed,
  });
}

describe('simulate', () => {
  test('holds the target under a steady load, with the waits of the event simulation', () => {
    const load = constantLoad({ rate: 240, seconds: 3600 });
    const found = played(worker, load);
    // 24 slots are busy; at 0.7 that takes 34.3 of them: 9 pods, which stay.
    expect(new Set(found.steps.map(({ replicas }) => replicas))).toEqual(new Set([9]));
    expect(found.steps.at(-1)?.utilization).toBeCloseTo(24 / 36, 2);
    expect(found.totals.podHours).toBeCloseTo(9, 6);
    expect(found.totals.peakConcurrencyTasks).toBe(36);
    expect(found.moments).toEqual([]);
    const busier = played([configMap(), deployment, autoscaler(7, 7)], load);
    const events = eventByEvent(busier, load, 1);
    const p99 = events.waits.quantile(0.99);
    expect(Math.abs(busier.totals.waitP99Seconds - p99.value)).toBeLessThan(0.35 * p99.value + p99.margin95);
  });

  test('follows a burst as the event simulation does with the same pods', () => {
    const load = burstLoad({ base: 60, burst: 500, atSeconds: 600, burstSeconds: 900, seconds: 2700 });
    const found = played(worker, load);
    const events = eventByEvent(found, load, 2);
    const p99 = events.waits.quantile(0.99).value;
    expect(Math.abs(found.totals.waitP99Seconds - p99)).toBeLessThan(0.15 * p99);
    const late = events.waits.shareAbove(10).value * events.tasks;
    const tenSeconds = played(worker, load, { lateSeconds: 10 }).totals.lateTasks;
    expect(Math.abs(tenSeconds - late)).toBeLessThan(0.15 * late);
    expect(found.totals.peakReplicas).toBe(20);
  });

  test('plays the items of a list, as kubectl prints several objects', () => {
    const load = constantLoad({ rate: 240, seconds: 900 });
    const list = { apiVersion: 'v1', kind: 'List', items: worker };
    expect(played([list], load)).toEqual(played(worker, load));
  });

  test('says what went wrong, when and why', () => {
    const load = burstLoad({ base: 60, burst: 900, atSeconds: 600, burstSeconds: 900, seconds: 2700 });
    const { moments } = played(worker, load);
    const kinds = moments.map(({ kind }) => kind);
    for (const kind of ['held-back', 'starting', 'at-max', 'late'] as const) expect(kinds).toContain(kind);
    const atMax = moments.find(({ kind }) => kind === 'at-max');
    expect(atMax?.text).toMatch(
      /^the backlog grew to [\d,]+ tasks with 20 pods, the most that are allowed: up to 900 tasks\/s came, and they do 800 tasks\/s$/,
    );
    for (const { fromSeconds, toSeconds } of moments) expect(toSeconds).toBeGreaterThan(fromSeconds);
  });

  test('no task is lost, bounds are kept, whatever the load', () => {
    const rates = fc.array(fc.double({ min: 0, max: 1500, noNaN: true }), { minLength: 2, maxLength: 12 });
    const more = fc.record({
      scrapeSeconds: fc.integer({ min: 5, max: 60 }),
      metricDelaySeconds: fc.integer({ min: 0, max: 60 }),
      startSeconds: fc.integer({ min: 0, max: 60 }),
      rolloutsAt: fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 2 }),
      nodeDrainsAt: fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 1 }),
    });
    fc.assert(
      fc.property(rates, more, fc.boolean(), (rows, given, isOwn) => {
        const load = parseLoadCsv(['time,rate', ...rows.map((rate, n) => `${n * 300},${rate}`)].join('\n'));
        const documents = [
          configMap(isOwn ? { memory: { capacity: 500 } } : { jetstream: {} }),
          deployment,
          autoscaler(),
          budget,
        ];
        const { steps, totals } = played(documents, load, given);
        expect(totals.tasks).toBeCloseTo(expectedTasks(load), 3);
        expect(totals.waitP50Seconds).toBeLessThanOrEqual(totals.waitP99Seconds);
        for (const step of steps) {
          expect(step.replicas).toBeGreaterThanOrEqual(2);
          expect(step.replicas).toBeLessThanOrEqual(20);
          expect(step.readyPods).toBeLessThanOrEqual(step.pods);
          expect(step.utilization).toBeLessThanOrEqual(1);
          expect(step.backlogTasks).toBeGreaterThanOrEqual(0);
          expect(step.waitP50Seconds).toBeLessThanOrEqual(step.waitP99Seconds);
          expect(Number.isNaN(step.waitP99Seconds)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('tasks that come after a burst do not wait longer than those that came in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 150, max: 300 }), (base, burst) => {
        const load = burstLoad({ base, burst, atSeconds: 600, burstSeconds: 900, seconds: 1800 });
        const documents = [configMap({ memory: { capacity: 500 } }), deployment, autoscaler(), budget];
        const longest = (from: number, to: number) =>
          Math.max(
            ...played(documents, load)
              .steps.filter(({ atSeconds }) => atSeconds >= from && atSeconds < to)
              .map(({ waitP99Seconds }) => waitP99Seconds),
          );
        expect(longest(1500, 1560)).toBeLessThanOrEqual(longest(600, 1500) + 1e-3);
      }),
      { numRuns: 40 },
    );
  });

  test('older metrics and slower pods make tasks wait longer', () => {
    const load = burstLoad({ base: 60, burst: 300, atSeconds: 300, burstSeconds: 600, seconds: 1800 });
    const peak = (more: SimulateSettings) => played(worker, load, more).totals.peakBacklogTasks;
    expect(peak({ metricDelaySeconds: 45 })).toBeGreaterThan(peak({}));
    expect(peak({ startSeconds: 60 })).toBeGreaterThan(peak({}));
    expect(peak({ imagePullSeconds: 60 })).toBeGreaterThan(peak({}));
  });
});

describe('pods', () => {
  const load = constantLoad({ rate: 240, seconds: 1800 });

  test('a rolling update adds its surge and misses no pod', () => {
    const { steps, totals } = played(worker, load, { rolloutsAt: [600] });
    expect(totals.peakConcurrencyTasks).toBeGreaterThan(36);
    expect(Math.max(...steps.map(({ pods }) => pods))).toBeGreaterThan(9);
    expect(Math.min(...steps.map(({ readyPods }) => readyPods))).toBe(9);
    expect(steps.at(-1)?.pods).toBe(9);
  });

  test('Recreate ends all pods first', () => {
    const recreated = { ...deployment, spec: { ...deployment.spec, strategy: { type: 'Recreate' } } };
    const { steps, moments } = played([configMap(), recreated, autoscaler()], load, {
      rolloutsAt: [600],
      startSeconds: 30,
    });
    expect(Math.min(...steps.map(({ readyPods }) => readyPods))).toBe(0);
    expect(moments.map(({ kind }) => kind)).toContain('no-pod');
    expect(steps.at(-1)?.readyPods).toBeGreaterThanOrEqual(9);
  });

  test('a drain of nodes takes as many pods as the disruption budget lets it', () => {
    const { steps } = played(worker, load, { nodeDrainsAt: [600] });
    expect(Math.min(...steps.map(({ readyPods }) => readyPods))).toBe(8);
    const unguarded = played([configMap(), deployment, autoscaler()], load, {
      nodeDrainsAt: [600],
      startSeconds: 30,
    });
    expect(Math.min(...unguarded.steps.map(({ readyPods }) => readyPods))).toBe(0);
  });

  test('nodes come when pods have no place, and a quota keeps pods away', () => {
    const burst = burstLoad({ base: 60, burst: 500, atSeconds: 300, burstSeconds: 900, seconds: 1800 });
    const nodes = played(worker, burst, { nodes: { podsPerNode: 4, provisionSeconds: 120 } });
    expect(nodes.moments.map(({ kind }) => kind)).toContain('no-node');
    expect(nodes.totals.peakBacklogTasks).toBeGreaterThan(played(worker, burst).totals.peakBacklogTasks);
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'all', namespace: 'shop' },
      spec: { hard: { 'requests.cpu': '2500m' } },
    };
    const limited = played([...worker, quota], burst);
    expect(Math.max(...limited.steps.map(({ pods }) => pods))).toBe(5);
    expect(limited.moments.map(({ kind }) => kind)).toContain('quota');
  });
});

describe('KEDA', () => {
  const documents = [configMap(), deployment, scaledObject];

  test('brings the first pod when a task comes, and takes the last one when none does', () => {
    const load = burstLoad({ base: 0, burst: 100, atSeconds: 600, burstSeconds: 600, seconds: 3600 });
    const { steps, moments, scaledBy } = played(documents, load);
    expect(scaledBy).toBe('ScaledObject');
    const replicas = (at: number) => steps.find(({ atSeconds }) => atSeconds === at)?.replicas;
    expect([replicas(0), replicas(570), replicas(3585)]).toEqual([0, 0, 0]);
    expect(replicas(900)).toBeGreaterThanOrEqual(3);
    expect(replicas(1200)).toBeGreaterThan(0);
    expect(moments[0]?.kind).toBe('no-pod');
  });

  /** When the first pod is wanted for tasks that come from the start on, to the second. */
  function firstPodAt(type: string, more: SimulateSettings): number {
    const [, unsettled] = scaledObject.spec.triggers;
    const spec = { ...scaledObject.spec, triggers: [{ ...unsettled, type }] };
    const load = constantLoad({ rate: 10, seconds: 300 });
    const { steps } = played([configMap(), deployment, { ...scaledObject, spec }], load, {
      startPods: 0,
      syncSeconds: 1,
      ...more,
    });
    return steps.find(({ replicas }) => replicas > 0)?.atSeconds ?? Number.NaN;
  }

  test('sees by Prometheus what that saw last, and by a broker what is so now', () => {
    const late = { scrapeSeconds: 60, scrapePhaseSeconds: 50 };
    expect(firstPodAt('nats-jetstream', late)).toBe(15);
    expect(firstPodAt('prometheus', late)).toBe(60);
  });

  test('looks each polling interval from its phase on', () => {
    expect(firstPodAt('nats-jetstream', { pollPhaseSeconds: 4 })).toBe(4);
    expect(firstPodAt('nats-jetstream', { pollPhaseSeconds: 15 + 4 })).toBe(4);
  });
});

describe('a CronJob', () => {
  test('works off what has come since its last run, and ends', () => {
    const load = constantLoad({ rate: 5, seconds: 4 * 3600 });
    const { steps, totals } = played([configMap(), cronJob], load, { workers: ['develop'] });
    const at = (seconds: number) => steps.find(({ atSeconds }) => atSeconds === seconds);
    expect(at(1785)?.pods).toBe(0);
    expect(at(1800)?.pods).toBe(3);
    // 9,000 tasks at 120 a second less 5 that come: 78 s.
    expect(at(1905)?.pods).toBe(0);
    expect(totals.peakBacklogTasks).toBeGreaterThan(17_000);
    expect(totals.peakReplicas).toBe(3);
  });

  test('starts when its schedule says, in its zone', () => {
    const load = constantLoad({ rate: 1, seconds: 86_400 });
    const daily = { ...cronJob, spec: { ...cronJob.spec, schedule: '30 3 * * *', timeZone: 'Europe/Oslo' } };
    const { steps } = played([configMap(), daily], load, {
      workers: ['develop'],
      startsAt: '2026-07-01T00:00:00Z',
    });
    const first = steps.find(({ pods }) => pods > 0);
    expect(first?.atSeconds).toBe(1.5 * 3600);
  });
});

describe('what cannot be simulated', () => {
  const load = constantLoad({ rate: 10, seconds: 600 });
  const hpa = autoscaler();
  const broken = (spec: object) => ({ ...hpa, spec: { ...hpa.spec, ...spec } });

  test.each<[string, readonly unknown[], SimulateSettings, RegExp]>([
    [
      'an autoscaler of nothing',
      [configMap(), hpa],
      settings,
      /^HorizontalPodAutoscaler develop: spec\.scaleTargetRef must name a workload .*, got Deployment develop, which is not there\. /,
    ],
    [
      'an unknown metric',
      [
        configMap(),
        deployment,
        broken({
          metrics: [
            {
              type: 'Pods',
              pods: { metric: { name: 'queue_len' }, target: { type: 'AverageValue', averageValue: '3' } },
            },
          ],
        }),
      ],
      settings,
      /^HorizontalPodAutoscaler develop: spec\.metrics\[0\] must be a metric that can be simulated: .*, got queue_len\. Say what it counts/,
    ],
    [
      'bounds that no API server takes',
      [configMap(), deployment, broken({ maxReplicas: 0 })],
      settings,
      /^HorizontalPodAutoscaler develop: spec\.maxReplicas must be/,
    ],
    ['no duration', worker, {}, /^Deployment develop must have a plan, or a profile with meanSeconds/],
    [
      'no slots',
      [deployment, hpa],
      settings,
      /^Deployment develop must have a configuration with pool\.slots/,
    ],
    [
      'an unknown worker',
      worker,
      { ...settings, workers: ['crawl'] },
      /^workers: crawl must be scaled by one .*, got none\. Known are: develop\./,
    ],
    ['no documents', [], {}, /^documents must hold a HorizontalPodAutoscaler/],
    [
      'settings out of bounds',
      worker,
      { ...settings, scrapeSeconds: 0 },
      /^scrapeSeconds must be 1 s or more, got 0 s/,
    ],
    [
      'settings that are no numbers',
      worker,
      { ...settings, startPods: Number.NaN },
      /^startPods must be a whole number/,
    ],
    [
      'a schedule that is none',
      [configMap(), { ...cronJob, spec: { ...cronJob.spec, schedule: 'at noon' } }],
      { ...settings, workers: ['develop'] },
      /^CronJob develop: spec\.schedule must be five fields of cron, got 2 fields/,
    ],
    [
      'an unknown trigger',
      [
        configMap(),
        deployment,
        { ...scaledObject, spec: { ...scaledObject.spec, triggers: [{ type: 'cron' }] } },
      ],
      settings,
      /^ScaledObject develop: spec\.triggers\[0\] must be a trigger that can be simulated/,
    ],
    [
      'two autoscalers of one workload',
      [...worker, { ...hpa, metadata: { ...hpa.metadata, name: 'second' } }],
      settings,
      /^HorizontalPodAutoscaler second: spec\.scaleTargetRef must name a workload that nothing else scales, got Deployment develop, which HorizontalPodAutoscaler develop scales as well\. /,
    ],
    [
      'KEDA that looks at no interval',
      [
        configMap(),
        deployment,
        { ...scaledObject, spec: { ...scaledObject.spec, pollingInterval: -1, minReplicaCount: 0 } },
      ],
      settings,
      /^ScaledObject develop: spec\.pollingInterval must be a whole number from 1 to .*, got -1\. /,
    ],
    [
      'KEDA without a trigger',
      [configMap(), deployment, { ...scaledObject, spec: { ...scaledObject.spec, triggers: [] } }],
      settings,
      /^ScaledObject develop: spec\.triggers must be a list with at least one element, got an empty list\. /,
    ],
    [
      'a surge that is no number of pods',
      [
        configMap(),
        hpa,
        {
          ...deployment,
          spec: { ...deployment.spec, strategy: { rollingUpdate: { maxSurge: 'all' } }, minReadySeconds: 5 },
        },
      ],
      settings,
      /^Deployment develop: spec\.strategy\.rollingUpdate\.maxSurge must be .*, got 'all'\. /,
    ],
    [
      'a grace period of nobody',
      [
        configMap(),
        hpa,
        {
          ...deployment,
          spec: { ...deployment.spec, template: { spec: { terminationGracePeriodSeconds: -1 } } },
        },
      ],
      settings,
      /^Deployment develop: spec\.template\.spec\.terminationGracePeriodSeconds must be .*, got -1\. /,
    ],
    [
      'a quota that is no quantity',
      [
        ...worker,
        {
          kind: 'ResourceQuota',
          metadata: { name: 'few', namespace: 'shop' },
          spec: { hard: { pods: 'few' } },
        },
      ],
      settings,
      /^ResourceQuota few: spec\.hard\.pods must be a quantity, got 'few'\. /,
    ],
    [
      'a budget that is no share',
      [...worker, { ...budget, spec: { ...budget.spec, maxUnavailable: '-5%' } }],
      settings,
      /^PodDisruptionBudget develop: spec\.maxUnavailable must be .*, got '-5%'\. /,
    ],
    [
      'a zone that is none',
      [configMap(), { ...cronJob, spec: { ...cronJob.spec, timeZone: 'Mars/Olympus' } }],
      { ...settings, workers: ['develop'] },
      /^CronJob develop: spec\.timeZone must be a time zone, got 'Mars\/Olympus'\. /,
    ],
    [
      'a longest task that is shorter than the mean',
      worker,
      { profiles: { develop: { meanSeconds: 2, maxSeconds: 1 } } },
      /^profiles\.develop\.maxSeconds must be a number of 2 or more, got 1\. /,
    ],
    [
      'a throughput that is no number',
      worker,
      { profiles: { develop: { meanSeconds: 2, throughputPerPod: Number.NaN } } },
      /^profiles\.develop\.throughputPerPod must be .*, got NaN\. /,
    ],
  ])('fails on %s', (_, documents, given, line) => {
    const { workers, problems } = simulate(documents, load, given);
    expect(workers).toEqual([]);
    expect(problems.map(formatProblem)).toContainEqual(expect.stringMatching(line));
  });

  test('fails with the problem of the load, once', () => {
    const { problems } = simulate(worker, parseLoadCsv('time,rate\n0,-1\n9,1', 'day.csv'), settings);
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^day\.csv: line 2 must have a rate/),
    ]);
    expect(simulate(worker, {}, settings).problems.map(formatProblem)).toEqual([
      'load.develop must be a load, as every worker has one, got none. Add it, or name the workers to simulate.',
    ]);
  });

  test('takes what the user says about a metric of others', () => {
    const metrics = [
      {
        type: 'Pods',
        pods: { metric: { name: 'in_flight' }, target: { type: 'AverageValue', averageValue: '3' } },
      },
    ];
    const found = played(
      [configMap(), deployment, broken({ metrics })],
      constantLoad({ rate: 300, seconds: 900 }),
      {
        metrics: { in_flight: 'busy' },
        startPods: 2,
      },
    );
    expect([10, 11]).toContain(found.steps.at(-1)?.replicas);
  });
});

test('a day goes up and down', () => {
  const load = dailyLoad({ low: 20, high: 400 });
  const found = played(worker, load);
  expect(found.steps).toHaveLength(5760);
  expect(found.totals.tasks).toBeCloseTo(expectedTasks(load), 0);
  expect(found.totals.peakReplicas).toBeGreaterThan(12);
  expect(found.steps.at(0)?.replicas).toBeLessThan(6);
});
