import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem, planService, type ServiceSpec } from '../../../lib/plan';
import { MIB } from '../examples';
import { validService } from './arbitraries';
import { upload } from './example';

const lines = (spec: ServiceSpec) => planService(spec).problems.map(formatProblem);
const props = (spec: ServiceSpec) => planService(spec).problems.map(({ prop }) => prop);

type Break = (spec: ServiceSpec, wrong: number) => ServiceSpec;

/** Changes what a request costs. */
const costing =
  (change: (request: ServiceSpec['request'], wrong: number) => Partial<ServiceSpec['request']>): Break =>
  (spec, n) => ({ ...spec, request: { ...spec.request, ...change(spec.request, n) } });

/** A place for a number, and numbers besides NaN and infinities that are wrong there. */
const places: readonly (readonly [prop: string, put: Break, wrong: readonly number[]])[] = [
  ['request.cpuTime', costing((_, n) => ({ cpuSeconds: n })), [0, -1, 1e10]],
  [
    'request.duration.mean',
    costing((r, n) => ({ durationSeconds: { ...r.durationSeconds, mean: n } })),
    [0, -1, 1e6],
  ],
  [
    'request.duration.max',
    costing((r, n) => ({ durationSeconds: { ...r.durationSeconds, max: n } })),
    [0, -1, 1e-5, 1e6],
  ],
  [
    'request.memory.base',
    costing((r, n) => ({ memoryBytes: { ...r.memoryBytes, base: n } })),
    [0, -1, 2 ** 60],
  ],
  [
    'request.memory.perRequest',
    costing((r, n) => ({ memoryBytes: { ...r.memoryBytes, perRequest: n } })),
    [-1, 2 ** 60],
  ],
  [
    'request.scratch.perRequest',
    costing((_, n) => ({ scratchBytes: { base: 0, perRequest: n } })),
    [-1, 2 ** 60],
  ],
  ['request.maxBody', costing((_, n) => ({ maxBodyBytes: n })), [-1, 0.5, 2 ** 60]],
  ['latency', (s, n) => ({ ...s, latencySeconds: n }), [0, -1, 1e-5, 1e6]],
  ['concurrency', (s, n) => ({ ...s, concurrency: n }), [0, -1, 1.5, 1e7]],
  ['resources.cpu.request', (s, n) => ({ ...s, resources: { cpu: { request: n } } }), [0, -1, 0.0015, 1e5]],
  ['resources.memory.limit', (s, n) => ({ ...s, resources: { memory: { limit: n } } }), [0, -1, 1024]],
  ['scale.min', (s, n) => ({ ...s, scale: { ...s.scale, min: n } }), [0, -1, 1.5, 1e6]],
  ['scale.max', (s, n) => ({ ...s, scale: { ...s.scale, max: n } }), [0, -1, 1.5, 1e6]],
  [
    'scale.targetUtilization',
    (s, n) => ({ ...s, scale: { ...s.scale, targetUtilization: n } }),
    [0, -1, 0.91, 1, 0.7005],
  ],
  ['shutdown.lameDuck', (s, n) => ({ ...s, shutdown: { lameDuckSeconds: n } }), [-1, 1e6]],
  ['shutdown.flush', (s, n) => ({ ...s, shutdown: { flushSeconds: n } }), [-1, 1e6]],
  ['shutdown.gracePeriod', (s, n) => ({ ...s, shutdown: { graceSeconds: n } }), [0, -1, 3, 30.5, 1e6]],
  ['rollout.maxSurge', (s, n) => ({ ...s, rollout: { maxSurge: n } }), [0, -1, 1.5, 1e6]],
  ['rollout.minReady', (s, n) => ({ ...s, rollout: { minReadySeconds: n } }), [-1, 1.5, 600]],
  ['downstream[0].limit', (s, n) => ({ ...s, downstream: [{ name: 'store', limit: n }] }), [-1, 1e16]],
];

describe('a wrong number fails with the name of its property', () => {
  test.each(places)('%s', (prop, put, wrong) => {
    const illegal = fc.constantFrom(...wrong, Number.NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(validService, illegal, (spec, n) => {
        expect(props(put(spec, n))).toContain(prop);
      }),
      { numRuns: 50 },
    );
  });
});

describe('numbers that do not fit together fail', () => {
  test.each<[string, Partial<ServiceSpec>, string]>([
    [
      'an average request longer than the latency',
      { latencySeconds: 0.019 },
      'latency must be 20 ms or more, what an average request takes in a full pod, got 19 ms. Raise it, or lower ' +
        'request.duration.mean; where CPU is short, lower concurrency.',
    ],
    [
      'a memory limit that what runs and waits does not fit below',
      { resources: { memory: { limit: 105 * MIB } } },
      'resources.memory.limit must be 112 MiB or more: (24 MiB + 32 slots × 2 MiB + 128 waiting requests × 96 KiB) ÷ ' +
        '0.9, since Go keeps its heap below 0.9 × limit (GOMEMLIMIT), got 105 MiB. Raise it, or leave it out to size ' +
        'it from the requests; or lower concurrency to 29, or lower latency to 63 ms.',
    ],
    [
      'no pod for a request',
      { scale: { min: 0, max: 3 } },
      'scale.min must be a whole number of 1 or more, got 0. Give the fewest pods that run at any time.',
    ],
    [
      'a release that takes a pod away first',
      { rollout: { maxSurge: 0 } },
      'rollout.maxSurge must be a whole number of 1 or more, got 0. Leave it out for a quarter of scale.max.',
    ],
    [
      'a grace period that the longest request behind the longest wait does not fit into',
      { shutdown: { graceSeconds: 18 } },
      'shutdown.gracePeriod must be 19 s or more: 5 s + 80 ms + 10 s + 3 s (lame duck + longest wait + longest ' +
        'request + flush), got 18 s. Raise it, or lower latency or request.duration.max; leave it out to derive it.',
    ],
    [
      'CPU as the signal of a pod that mostly waits for others',
      { scale: { ...upload.scale, by: 'cpu' }, resources: { cpu: { request: 100, limit: 'none' } } },
      'scale.by must be a signal that tells a full pod from an idle one; at its target it would use 4.48 % of its CPU ' +
        "request, and probes and scrapes use some of that, got 'cpu'. Leave it out for 'in-flight', raise concurrency, " +
        'or lower resources.cpu.request.',
    ],
    [
      'neither a bound nor resources',
      { concurrency: undefined } as never,
      'concurrency must be given when no resources are, got neither. Give the requests that run at a time in one pod, ' +
        'or resources.cpu.request to size the pool from.',
    ],
    [
      'a peak above what a shared resource takes',
      { downstream: [{ name: 'catalog', limit: 1000 }] },
      'downstream[0] must take what the service holds in a rolling update, 1,280 of catalog, got 1,000. Lower scale.max ' +
        'to 15, or lower rollout.maxSurge to 2, or lower concurrency to 25, or raise what catalog can take.',
    ],
    [
      'a version that is none',
      { cluster: { oldest: 'v1.32' } },
      'cluster.oldest must be a minor version such as 1.32, got "v1.32". Give the oldest Kubernetes version that you ' +
        'deploy to, or leave it out for 1.32.',
    ],
  ])('%s', (_, change, line) => {
    expect(lines({ ...upload, ...change })).toEqual([line]);
  });

  test('a line that is longer than any may be', () => {
    const request = { ...upload.request, cpuSeconds: 1e-6, durationSeconds: { mean: 1e-5, max: 1 } };
    expect(props({ ...upload, request, latencySeconds: 1 })).toEqual(['latency']);
  });
});

describe('the fix for requests that the memory does not hold', () => {
  const tight = fc
    .record({
      concurrency: fc.integer({ min: 1, max: 64 }),
      latencySeconds: fc.integer({ min: 20, max: 2000 }).map((n) => n / 1000),
      limit: fc.integer({ min: 32, max: 256 }).map((n) => n * MIB),
    })
    .map(({ limit, ...it }): ServiceSpec => ({ ...upload, ...it, resources: { memory: { limit } } }));

  const named = (spec: ServiceSpec, pattern: RegExp) => {
    const fix = planService(spec).problems.find(({ prop }) => prop === 'resources.memory.limit')?.fix ?? '';
    const [, number, unit] = pattern.exec(fix) ?? [];
    if (number === undefined) return undefined;
    return Number(number.replaceAll(',', '')) / (unit === 'ms' ? 1000 : 1);
  };

  test('names the longest latency that fits, in whole milliseconds', () => {
    fc.assert(
      fc.property(tight, (spec) => {
        const best = named(spec, /lower latency to ([\d.,]+) (ms|s)/);
        fc.pre(best !== undefined);
        expect(props({ ...spec, latencySeconds: best })).toEqual([]);
        expect(props({ ...spec, latencySeconds: best + 0.001 })).toContain('resources.memory.limit');
      }),
    );
  });

  test('names the largest bound that fits', () => {
    fc.assert(
      fc.property(tight, (spec) => {
        const best = named(spec, /lower concurrency to ([\d,]+)/);
        fc.pre(best !== undefined);
        expect(props({ ...spec, concurrency: best })).toEqual([]);
        expect(props({ ...spec, concurrency: best + 1 })).toContain('resources.memory.limit');
      }),
    );
  });
});
