import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem, planWorker, type WorkerSpec } from '../../lib/plan';
import { validSpec } from './arbitraries';
import { crawl, develop, MIB } from './examples';

const lines = (spec: WorkerSpec) => planWorker(spec).problems.map(formatProblem);
const props = (spec: WorkerSpec) => planWorker(spec).problems.map((problem) => problem.prop);

type Break = (spec: WorkerSpec, wrong: number) => WorkerSpec;

/** A place for a number, and numbers besides NaN and infinities that are wrong there. */
const places: readonly (readonly [prop: string, put: Break, wrong: readonly number[]])[] = [
  ['task.cpuTime', (s, n) => ({ ...s, task: { ...s.task, cpuSeconds: n } }), [0, -1, 1e10]],
  [
    'task.duration.mean',
    (s, n) => ({ ...s, task: { ...s.task, durationSeconds: { ...s.task.durationSeconds, mean: n } } }),
    [0, -1, 1e6],
  ],
  [
    'task.duration.max',
    (s, n) => ({ ...s, task: { ...s.task, durationSeconds: { ...s.task.durationSeconds, max: n } } }),
    [0, -1, 1e-5, 1e6],
  ],
  [
    'task.memory.base',
    (s, n) => ({ ...s, task: { ...s.task, memoryBytes: { ...s.task.memoryBytes, base: n } } }),
    [0, -1, 2 ** 60],
  ],
  [
    'task.memory.perTask',
    (s, n) => ({ ...s, task: { ...s.task, memoryBytes: { ...s.task.memoryBytes, perTask: n } } }),
    [-1, 2 ** 60],
  ],
  [
    'task.scratch.base',
    (s, n) => ({ ...s, task: { ...s.task, scratchBytes: { base: n, perTask: 0 } } }),
    [-1, 2 ** 60],
  ],
  [
    'task.scratch.perTask',
    (s, n) => ({ ...s, task: { ...s.task, scratchBytes: { base: 0, perTask: n } } }),
    [-1, 2 ** 60],
  ],
  ['concurrency', (s, n) => ({ ...s, concurrency: n }), [0, -1, 1.5, 1e7]],
  ['resources.cpu.request', (s, n) => ({ ...s, resources: { cpu: { request: n } } }), [0, -1, 0.0015, 1e5]],
  ['resources.cpu.limit', (s, n) => ({ ...s, resources: { cpu: { limit: n } } }), [0, -1, 0.0015, 1e5]],
  ['resources.memory.request', (s, n) => ({ ...s, resources: { memory: { request: n } } }), [0, -1, 2 ** 60]],
  [
    'resources.memory.limit',
    (s, n) => ({ ...s, resources: { memory: { limit: n } } }),
    [0, -1, 1024, 2 ** 60],
  ],
  ['scale.min', (s, n) => ({ ...s, scale: { ...s.scale, min: n } }), [-1, 1.5, 1e6]],
  ['scale.max', (s, n) => ({ ...s, scale: { ...s.scale, max: n } }), [0, -1, 1.5, 1e6]],
  [
    'scale.drainWithin',
    (s, n) => ({ ...s, scale: { ...s.scale, drainWithinSeconds: n } }),
    [0, -1, 1e-5, 1e6],
  ],
  [
    'scale.targetUtilization',
    (s, n) => ({ ...s, scale: { ...s.scale, targetUtilization: n } }),
    [0, -1, 0.91, 1 / 1.1, 1, 0.7005],
  ],
  ['source.roundTrip', (s, n) => ({ ...s, source: { ...s.source, roundTripSeconds: n } }), [-1, 61]],
  [
    'source.capacity',
    (s, n) => ({ ...s, source: { ...s.source, held: { capacity: n } } }),
    [0, -1, 1.5, 1e7],
  ],
  [
    'source.payload',
    (s, n) => ({ ...s, source: { ...s.source, held: { payloadBytes: n } } }),
    [0, -1, 1.5, 2 ** 20 + 1],
  ],
  ['shutdown.lameDuck', (s, n) => ({ ...s, shutdown: { lameDuckSeconds: n } }), [-1, 1e6]],
  ['shutdown.flush', (s, n) => ({ ...s, shutdown: { flushSeconds: n } }), [-1, 1e6]],
  ['shutdown.gracePeriod', (s, n) => ({ ...s, shutdown: { graceSeconds: n } }), [0, -1, 3, 30.5, 1e6]],
  ['rollout.maxSurge', (s, n) => ({ ...s, rollout: { maxSurge: n } }), [-1, 1.5, 1e6]],
  ['rollout.minReady', (s, n) => ({ ...s, rollout: { minReadySeconds: n } }), [-1, 1.5, 600]],
  ['downstream[0].limit', (s, n) => ({ ...s, downstream: [{ name: 'store', limit: n }] }), [-1, 1e16]],
  [
    'downstream[0].perTask',
    (s, n) => ({ ...s, downstream: [{ name: 'store', limit: 1, perTask: n }] }),
    [-1, 1e16],
  ],
  [
    'downstream[0].perPod',
    (s, n) => ({ ...s, downstream: [{ name: 'store', limit: 1, perPod: n }] }),
    [-1, 1e16],
  ],
];

describe('a wrong number fails with the name of its property', () => {
  test.each(places)('%s', (prop, put, wrong) => {
    const illegal = fc.constantFrom(...wrong, Number.NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(validSpec, illegal, (spec, n) => {
        expect(props(put(spec, n))).toContain(prop);
      }),
      { numRuns: 60 },
    );
  });
});

describe('numbers that do not fit together fail', () => {
  const task = develop.task;
  test.each<[string, WorkerSpec, string]>([
    [
      'an average task longer than the longest',
      { ...develop, task: { ...task, durationSeconds: { mean: 2, max: 1 } } },
      'task.duration.max must be 2 s (task.duration.mean) or more, got 1 s. Raise it: a task is cancelled after ' +
        'this time, so an average task has to fit.',
    ],
    [
      'a memory limit that the pool does not fit below',
      { ...develop, resources: { memory: { limit: 1000 * MIB } } },
      'resources.memory.limit must be 1,094 MiB or more: (24 MiB + 16 slots × 60 MiB) ÷ 0.9, since Go keeps its ' +
        'heap below 0.9 × limit (GOMEMLIMIT), got 1,000 MiB. Raise it, or leave it out to size it from the tasks; ' +
        'or lower concurrency to 14.',
    ],
    [
      'a CPU request above the limit',
      { ...develop, resources: { cpu: { request: 10, limit: 8 } } },
      'resources.cpu.request must be 8 cores (resources.cpu.limit) or less, got 10 cores. Lower it, or raise the ' +
        'limit: Kubernetes refuses a request above the limit.',
    ],
    [
      'a pool so short of CPU that an average task is cancelled',
      {
        ...develop,
        task: { ...task, durationSeconds: { mean: 0.09, max: 0.5 } },
        resources: { cpu: { limit: 1 } },
      },
      'concurrency must leave each task the CPU to end within 500 ms (task.duration.max), got 16 slots × 40 ms ÷ ' +
        '1 core = 640 ms for an average task. Lower it to 12, or raise resources.cpu.limit above 1.28 cores.',
    ],
    [
      'a grace period that the longest task does not fit into',
      { ...develop, shutdown: { graceSeconds: 20 } },
      'shutdown.gracePeriod must be 23 s or more: 0 s + 20 s + 3 s (lame duck + longest task + flush), got 20 s. ' +
        'Raise it, or lower task.duration.max; leave it out to derive it.',
    ],
    [
      'fewer pods at most than at least',
      { ...develop, scale: { ...develop.scale, max: 2 } },
      'scale.max must be 3 (scale.min) or more, got 2. Raise it, or lower scale.min.',
    ],
    [
      'scale to zero on clusters where it is off',
      { ...develop, scale: { ...develop.scale, min: 0 }, cluster: { oldest: '1.36' } },
      'scale.min must be 1 or more while cluster.oldest is below 1.37, got 0 with cluster.oldest 1.36. Raise it to ' +
        '1, or scale by KEDA, or raise cluster.oldest to 1.37, where scaling to zero is on by default.',
    ],
    [
      'scale to zero with tasks in the pods',
      {
        ...crawl,
        scale: { ...crawl.scale, min: 0, by: 'keda' },
        source: { ...crawl.source, held: {} },
      },
      "scale.min must be 1 or more, since tasks wait in the pods' own memory: without a pod nobody takes them, got 0. " +
        'Raise it to 1, or take a broker as the source, which keeps tasks while no pod is there.',
    ],
    [
      'a backlog that is to be gone before a task ends',
      { ...develop, scale: { ...develop.scale, drainWithinSeconds: 0.05 } },
      'scale.drainWithin must be 90 ms or more, what an average task takes in a busy pod, got 50 ms. Raise it: more ' +
        'pods do not make a single task faster.',
    ],
    [
      'neither slots nor resources',
      { name: 'x', task, scale: develop.scale, source: develop.source },
      'concurrency must be given when no resources are, got neither. Give the tasks that run at a time in one pod, ' +
        'or resources.cpu.request to size the pool from.',
    ],
    [
      'a peak above what a shared resource takes',
      { ...develop, downstream: [{ name: 'catalog', limit: 1000, perPod: 16 }] },
      'downstream[0] must take what the worker holds in a rolling update, 1,280 of catalog, got 1,000. Lower ' +
        'scale.max to 31, or lower rollout.maxSurge to 3, or lower perPod to 12, or raise what catalog can take.',
    ],
    [
      'a version that is none',
      { ...develop, cluster: { oldest: 'v1.32' } },
      'cluster.oldest must be a minor version such as 1.32, got "v1.32". Give the oldest Kubernetes version that ' +
        'you deploy to, or leave it out for 1.32.',
    ],
  ])('%s', (_, spec, line) => {
    expect(lines(spec)).toEqual([line]);
  });

  test('a task that fits into no pod of a given memory', () => {
    const { concurrency: _, ...rest } = develop;
    expect(props({ ...rest, resources: { memory: { limit: 64 * MIB } } })).toEqual([
      'resources.memory.limit',
    ]);
  });

  test('memory that no machine has', () => {
    const hungry = { ...develop.task, memoryBytes: { base: MIB, perTask: 2 ** 45 } };
    expect(props({ ...develop, task: hungry })).toEqual(['concurrency']);
  });

  test('more CPU than any machine has', () => {
    const hungry = { ...develop.task, cpuSeconds: 90 };
    expect(props({ ...develop, task: hungry })).toContain('concurrency');
  });

  test('tasks so short that a pod would hoard millions', () => {
    const tiny = { ...crawl.task, cpuSeconds: 1e-9, durationSeconds: { mean: 1e-6, max: 1 } };
    expect(props({ ...crawl, task: tiny, source: { delivery: 'pull', roundTripSeconds: 1 } })).toEqual([
      'source.roundTrip',
    ]);
  });

  test('all at once', () => {
    const spec: WorkerSpec = {
      ...develop,
      concurrency: 1.5,
      scale: { min: -1, max: 0, drainWithinSeconds: 0, targetUtilization: 0.95 },
      shutdown: { graceSeconds: 2 },
      cluster: { oldest: 'latest' },
    };
    expect(new Set(props(spec))).toEqual(
      new Set([
        'concurrency',
        'scale.min',
        'scale.max',
        'scale.drainWithin',
        'scale.targetUtilization',
        'shutdown.gracePeriod',
        'cluster.oldest',
      ]),
    );
  });
});

describe('the fix for a downstream budget', () => {
  const spec = (max: number, limit: number, perTask: number, perPod: number, surge?: number): WorkerSpec => ({
    ...develop,
    scale: { ...develop.scale, min: 1, max },
    ...(surge !== undefined && { rollout: { maxSurge: surge } }),
    downstream: [{ name: 'store', limit, perTask, perPod }],
  });
  const budget = fc.tuple(
    fc.integer({ min: 2, max: 200 }),
    fc.integer({ min: 1, max: 20000 }),
    fc.nat(3),
    fc.nat(20),
  );

  const named = (it: WorkerSpec, pattern: RegExp) => {
    const fix = planWorker(it).problems.find((problem) => problem.prop === 'downstream[0]')?.fix ?? '';
    const number = pattern.exec(fix)?.[1]?.replaceAll(',', '');
    return number === undefined ? undefined : Number(number);
  };
  const fits = (it: WorkerSpec) => !props(it).includes('downstream[0]');

  test('names the largest scale.max that fits', () => {
    fc.assert(
      fc.property(budget, ([max, limit, perTask, perPod]) => {
        const best = named(spec(max, limit, perTask, perPod), /scale\.max to ([\d,]+)/);
        fc.pre(best !== undefined);
        expect(fits(spec(best, limit, perTask, perPod))).toBe(true);
        expect(fits(spec(best + 1, limit, perTask, perPod))).toBe(false);
      }),
    );
  });

  test('names the largest concurrency that fits', () => {
    fc.assert(
      fc.property(budget, ([max, limit, perTask, perPod]) => {
        const it = spec(max, limit, perTask, perPod);
        const best = named(it, /concurrency to ([\d,]+)/);
        fc.pre(best !== undefined);
        expect(fits({ ...it, concurrency: best })).toBe(true);
        expect(fits({ ...it, concurrency: best + 1 })).toBe(false);
      }),
    );
  });

  test('names the largest surge that fits', () => {
    fc.assert(
      fc.property(budget, ([max, limit, perTask, perPod]) => {
        const best = named(spec(max, limit, perTask, perPod), /maxSurge to ([\d,]+)/);
        fc.pre(best !== undefined);
        expect(fits(spec(max, limit, perTask, perPod, best))).toBe(true);
        expect(fits(spec(max, limit, perTask, perPod, best + 1))).toBe(false);
      }),
    );
  });

  test('says to lower scale.min too when the pods that always run are too many', () => {
    const it = { ...develop, downstream: [{ name: 'store', limit: 40, perTask: 1 }] };
    expect(lines(it)).toEqual([
      expect.stringContaining('Lower scale.max to 1 and scale.min with it, or raise'),
    ]);
  });

  test('names nothing but the resource when not one pod fits', () => {
    const it = { ...develop, downstream: [{ name: 'store', limit: 5, perPod: 16 }] };
    expect(lines(it)).toEqual([expect.stringMatching(/got 5\. Raise what store can take\.$/)]);
  });
});
