import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FIGURE_NAMES, formatProblem, planShards, type ShardedSpec } from '../../lib/plan';
import { validSpec } from './arbitraries';
import { crawl, develop } from './examples';
import { wellFormedFigures } from './invariants';

const { scale: _, ...of } = develop;
const ledger: ShardedSpec = { ...of, shards: 4 };

const anyShards: fc.Arbitrary<ShardedSpec> = fc
  .tuple(
    validSpec.filter(({ source }) => source.held === undefined),
    fc.integer({ min: 1, max: 1000 }),
  )
  .map(([{ scale: _scale, rollout: _rollout, ...spec }, shards]) => ({ ...spec, shards }));

describe('any worker in shards', () => {
  test('has no problems, and every figure is a finite number whose reason shows it', () => {
    fc.assert(
      fc.property(anyShards, (spec) => {
        const plan = planShards(spec);
        expect(plan.problems.map(formatProblem)).toEqual([]);
        expect(wellFormedFigures(FIGURE_NAMES, FIGURE_NAMES, plan.figures)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('never has more pods than shards, and one of them may always be evicted', () => {
    fc.assert(
      fc.property(anyShards, (spec) => {
        const { peakPods, peakConcurrency, poolSlots, pdbMaxUnavailable, shards } = planShards(spec).figures;
        expect([shards.value, peakPods.value, pdbMaxUnavailable.value]).toEqual([
          spec.shards,
          spec.shards,
          1,
        ]);
        expect(peakConcurrency.value).toBe(poolSlots.value * spec.shards);
      }),
    );
  });
});

describe('a worker in shards', () => {
  test('lets each consumer have out what its one pod holds', () => {
    const { maxAckPending, poolSlots, prefetch } = planShards(ledger).figures;
    expect(maxAckPending.value).toBe(poolSlots.value + 2 * prefetch.value);
  });

  test('holds a minute of work in a pod, and works it off before it ends', () => {
    const { scale: _scale, ...pushed } = crawl;
    const { queueCapacity, throughputPerPod, drain } = planShards({
      ...pushed,
      source: { ...pushed.source, held: {} },
      shards: 2,
    }).figures;
    expect(queueCapacity?.value).toBe(64 + throughputPerPod.value * 60);
    expect(drain.value).toBe(10 + 60);
    expect(
      planShards({ ...pushed, source: { ...pushed.source, held: { capacity: 70 } }, shards: 2 }).problems,
    ).toEqual([]);
  });

  test.each<[string, Partial<ShardedSpec>, RegExp]>([
    ['no shard', { shards: 0 }, /^shards must be a whole number of 1 or more, got 0\. /],
    ['an endless wait', { minReadySeconds: 600 }, /^minReady must be 599 s or less, got 600 s\. /],
    [
      'more than a shared resource takes',
      { downstream: [{ name: 'catalog', limit: 40 }] },
      /^downstream\[0\] must take what the worker holds with all shards busy, 64 of catalog, got 40\. Lower shards to 2, or lower concurrency to 10, /,
    ],
  ])('refuses %s', (_name, change, line) => {
    expect(planShards({ ...ledger, ...change }).problems.map(formatProblem)).toEqual([
      expect.stringMatching(line),
    ]);
  });
});
