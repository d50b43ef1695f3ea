import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem, planWorker, type WorkerSpec } from '../../lib/plan';
import { PAYLOAD_BYTES, TASK_OVERHEAD_BYTES } from '../../lib/plan/held-tasks';
import { validSpec } from './arbitraries';
import { crawl, develop, MIB } from './examples';
import { violations } from './invariants';

const memoryProblem = (spec: WorkerSpec) =>
  planWorker(spec).problems.find(({ wanted }) => wanted.includes('GOMEMLIMIT'));

const limited = (spec: WorkerSpec, limit: number): WorkerSpec => ({
  ...spec,
  resources: { memory: { limit } },
});

/** A fixed count of pods, so that any capacity is legal. */
const fixedScale = { min: 4, max: 4, drainWithinSeconds: 60 };

test('a task takes in the queue what the Go side measures', () => {
  const measured = readFileSync(join(__dirname, '../../go/queue/memory_size_test.go'), 'utf8');
  expect(measured).toContain(`taskOverheadBytes = ${TASK_OVERHEAD_BYTES}\n`);
  expect(measured).toContain('payloadBytes*5/4 + taskOverheadBytes');
});

describe('the memory of what waits in the pod', () => {
  const held = (of: { capacity?: number; payloadBytes?: number }): WorkerSpec => ({
    ...crawl,
    source: { ...crawl.source, held: of },
  });

  test('is added to the limit', () => {
    const { memoryLimit } = planWorker(held({})).figures;
    // (84 MiB + 21,185 × (1.25 × 1,024 + 512) B) ÷ 0.9 = (84 + 36.2) ÷ 0.9 = 133.6
    expect(memoryLimit.value).toBe(134 * MIB);
    expect(memoryLimit.reason).toBe(
      '(20 MiB + 64 slots × 1 MiB + 21,185 held tasks × (1.25 × 1 KiB + 512 B)) ÷ 0.9, rounded up to 134 MiB',
    );
  });

  test('grows with the largest payload, from 1 KiB when none is given', () => {
    const limit = (payloadBytes?: number) =>
      planWorker(held(payloadBytes === undefined ? {} : { payloadBytes })).figures.memoryLimit.value;
    expect(limit()).toBe(limit(PAYLOAD_BYTES));
    expect(limit(16 * 1024)).toBe(565 * MIB); // (84 + 21,185 × 20,992 B) ÷ 0.9 = (84 + 424.1) ÷ 0.9 = 564.6
  });

  test('lowers the slots that a given memory holds', () => {
    const { concurrency: _, ...unsized } = held({});
    const slots = (spec: WorkerSpec) => planWorker(limited(spec, 100 * MIB)).figures.poolSlots;
    expect(slots({ ...unsized, source: crawl.source }).value).toBe(70); // 0.9 × 100 − 20
    expect(slots(unsized).value).toBe(44);
    expect(slots(unsized).reason).toContain(
      '44 slots, the most that fit into 0.9 × 100 MiB: 20 MiB + 44 slots × 1 MiB + ',
    );
  });
});

describe('a pool that is sized from memory, with a queue of its own', () => {
  const memory = fc.integer({ min: 16 * MIB, max: 16 * 1024 * MIB });
  const queue = fc.record(
    { capacity: fc.integer({ min: 1, max: 1_000_000 }), payloadBytes: fc.integer({ min: 1, max: MIB }) },
    { requiredKeys: [] },
  );
  const any = fc.tuple(validSpec, queue, memory).map(([{ concurrency: _, ...spec }, held, limit]) =>
    limited(
      {
        ...spec,
        scale: { ...fixedScale, drainWithinSeconds: spec.scale.drainWithinSeconds },
        source: { ...spec.source, held },
      },
      limit,
    ),
  );

  test('fits, or is refused', () => {
    fc.assert(
      fc.property(any, (spec) => {
        const plan = planWorker(spec);
        if (plan.problems.length === 0) expect(violations(spec, plan)).toEqual([]);
        else expect(plan.figures.poolSlots.value === 1 || memoryProblem(spec) === undefined).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('has as many slots as fit', () => {
    fc.assert(
      fc.property(any, (spec) => {
        const plan = planWorker(spec);
        fc.pre(plan.problems.length === 0 && spec.task.memoryBytes.perTask > 1);
        const more = { ...spec, concurrency: plan.figures.poolSlots.value + 1 };
        expect(memoryProblem(more)).toBeDefined();
      }),
      { numRuns: 100 },
    );
  });
});

describe('the fix for a queue that the memory does not hold', () => {
  const tight = fc
    .record({
      concurrency: fc.integer({ min: 1, max: 64 }),
      capacity: fc.integer({ min: 1, max: 200_000 }),
      payloadBytes: fc.integer({ min: 1, max: 64 * 1024 }),
      limit: fc.integer({ min: 32, max: 4096 }).map((n) => n * MIB),
      isScaled: fc.boolean(),
    })
    .map(({ concurrency, limit, isScaled, ...held }) =>
      limited(
        {
          ...develop,
          concurrency,
          scale: isScaled ? develop.scale : fixedScale,
          source: { ...develop.source, held },
        },
        limit,
      ),
    );

  const fixes: readonly (readonly [string, RegExp, (spec: WorkerSpec, n: number) => WorkerSpec])[] = [
    ['concurrency', /lower concurrency to ([\d,]+)/, (spec, concurrency) => ({ ...spec, concurrency })],
    [
      'source.capacity',
      /lower source\.capacity to ([\d,]+)/,
      (spec, capacity) => withHeld(spec, { capacity }),
    ],
    [
      'source.payload',
      /lower source\.payload to ([\d,]+) B/,
      (spec, payloadBytes) => withHeld(spec, { payloadBytes }),
    ],
  ];

  function withHeld(spec: WorkerSpec, change: { capacity?: number; payloadBytes?: number }): WorkerSpec {
    return { ...spec, source: { ...spec.source, held: { ...spec.source.held, ...change } } };
  }

  test.each(fixes)('names the largest %s that fits', (_, pattern, apply) => {
    fc.assert(
      fc.property(tight, (spec) => {
        const named = pattern.exec(memoryProblem(spec)?.fix ?? '')?.[1];
        fc.pre(named !== undefined);
        const best = Number(named.replaceAll(',', ''));
        expect(memoryProblem(apply(spec, best))).toBeUndefined();
        expect(memoryProblem(apply(spec, best + 1))).toBeDefined();
      }),
    );
  });

  test('names no capacity that the autoscaler could not work with', () => {
    fc.assert(
      fc.property(tight, (spec) => {
        const named = /source\.capacity to ([\d,]+)/.exec(memoryProblem(spec)?.fix ?? '')?.[1];
        fc.pre(named !== undefined);
        const capacity = Number(named.replaceAll(',', ''));
        const problems = planWorker(withHeld(spec, { capacity })).problems.map(({ prop }) => prop);
        expect(problems).not.toContain('source.capacity');
      }),
    );
  });

  test('reads as one sentence', () => {
    const source = { ...develop.source, held: { capacity: 100_000 } };
    const spec = limited({ ...develop, scale: fixedScale, source }, 1200 * MIB);
    expect(planWorker(spec).problems.map(formatProblem)).toEqual([
      'resources.memory.limit must be 1,284 MiB or more: (24 MiB + 16 slots × 60 MiB + 100,000 held tasks × ' +
        '(1.25 × 1 KiB + 512 B)) ÷ 0.9, since Go keeps its heap below 0.9 × limit (GOMEMLIMIT), got 1,200 MiB. ' +
        'Raise it, or leave it out to size it from the tasks; or lower concurrency to 14, or lower source.capacity ' +
        'to 56,173, or lower source.payload to 395 B.',
    ]);
  });
});
