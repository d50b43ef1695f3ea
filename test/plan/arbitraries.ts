import fc from 'fast-check';
import { planWorker, type ResourcesSpec, type WorkerSpec } from '../../lib/plan';
import { MIB } from './examples';
import { heldTaskBytes } from './invariants';

type Task = WorkerSpec['task'];

export const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** What a task costs. */
export const task: fc.Arbitrary<Task> = fc
  .record({
    mean: double(0.001, 60),
    // Above 3, so that even a pool that is short of CPU by a slot or two meets the deadline.
    longest: double(3, 50),
    cores: double(0.001, 1),
    base: double(MIB, 512 * MIB),
    perTask: double(0, 128 * MIB),
    scratch: fc.option(fc.record({ base: double(0, 512 * MIB), perTask: double(0, 64 * MIB) }), {
      nil: undefined,
    }),
  })
  .map(({ mean, longest, cores, base, perTask, scratch }) => ({
    cpuSeconds: cores * mean,
    durationSeconds: { mean, max: mean * longest },
    memoryBytes: { base, perTask },
    ...(scratch && { scratchBytes: scratch }),
  }));

/** How large a pod is said to be. */
export interface Pool {
  readonly concurrency?: number;
  readonly resources?: ResourcesSpec;
}

const milli = (cores: number) => Math.max(1, Math.ceil(cores * 1000)) / 1000;

/** Every way to say how large a pod is: by slots, by CPU, by memory, by both ends at once. */
export function pool(of: Task): fc.Arbitrary<Pool> {
  const slots = fc.integer({ min: 1, max: 256 });
  const perSlot = of.cpuSeconds / of.durationSeconds.mean;
  const memoryFor = (count: number, spare: number) => ({
    limit: Math.ceil(((of.memoryBytes.base + of.memoryBytes.perTask * count) / 0.9) * spare) + 1,
  });
  const cores = double(1, 16).map(milli);
  const cpu: fc.Arbitrary<ResourcesSpec['cpu'] & object> = fc.oneof(
    cores.map((request) => ({ request })),
    cores.map((limit) => ({ limit })),
    cores.map((request) => ({ request, limit: 'none' as const })),
    fc.record({ request: cores, limit: double(16, 64).map(milli) }),
  );
  const byMemory =
    of.memoryBytes.perTask < MIB
      ? []
      : [
          fc
            .tuple(slots, double(1, 3))
            .map(([count, spare]) => ({ resources: { memory: memoryFor(count, spare) } })),
        ];
  return fc.oneof(
    slots.map((concurrency) => ({ concurrency })),
    slots.map((concurrency) => ({ concurrency, resources: { cpu: { limit: 'none' as const } } })),
    cpu.map((it) => ({ resources: { cpu: it } })),
    fc
      .tuple(slots, double(1, 3))
      .map(([concurrency, spare]) => ({ concurrency, resources: { memory: memoryFor(concurrency, spare) } })),
    fc.tuple(slots, double(0.5, 2)).map(([concurrency, part]) => ({
      concurrency,
      resources: { cpu: { limit: milli(concurrency * perSlot * part) } },
    })),
    fc
      .tuple(cpu, slots, double(1, 3))
      .map(([it, count, spare]) => ({ resources: { cpu: it, memory: memoryFor(count, spare) } })),
    ...byMemory,
  );
}

/** Specs that nothing is wrong with. */
export const validSpec: fc.Arbitrary<WorkerSpec> = task
  .chain((of) => {
    const max = of.durationSeconds.max;
    return (
      fc
        .record({
          pool: pool(of),
          least: fc.integer({ min: 0, max: 50 }),
          by: fc.constantFrom('hpa' as const, 'keda' as const, undefined),
          more: fc.integer({ min: 0, max: 200 }),
          drainWithinSeconds: double(max, max * 10),
          target: fc.option(fc.integer({ min: 1, max: 909 }), { nil: undefined }),
          delivery: fc.constantFrom('pull' as const, 'push' as const),
          roundTripSeconds: double(0, 0.02),
          moreHeld: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
          payloadBytes: fc.option(fc.integer({ min: 1, max: MIB }), { nil: undefined }),
          spareGrace: fc.option(fc.integer({ min: 8, max: 4000 }), { nil: undefined }),
          surge: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
          minReadySeconds: fc.option(fc.integer({ min: 0, max: 599 }), { nil: undefined }),
          holds: fc.option(fc.record({ perTask: double(0, 4), perPod: double(0, 32) }), { nil: undefined }),
        })
        // Tasks that wait in the pods need one.
        .map((it) => ({ ...it, min: it.moreHeld === undefined ? it.least : Math.max(1, it.least) }))
        .map((it) => ({
          name: 'any',
          task: of,
          ...it.pool,
          scale: {
            ...(it.by !== undefined && { by: it.by }),
            min: it.min,
            max: Math.max(1, it.min + it.more),
            drainWithinSeconds: it.drainWithinSeconds,
            ...(it.target !== undefined && { targetUtilization: it.target / 1000 }),
          },
          source: {
            delivery: it.delivery,
            roundTripSeconds: it.roundTripSeconds,
            ...(it.moreHeld !== undefined && {
              held: it.payloadBytes === undefined ? {} : { payloadBytes: it.payloadBytes },
            }),
          },
          // What a pod holds lengthens its drain, so only without it is this grace period known to be enough.
          ...(it.spareGrace !== undefined &&
            it.moreHeld === undefined && { shutdown: { graceSeconds: Math.ceil(max) + it.spareGrace } }),
          rollout: {
            ...(it.surge !== undefined && { maxSurge: it.surge }),
            ...(it.minReadySeconds !== undefined && { minReadySeconds: it.minReadySeconds }),
          },
          ...(it.holds && { downstream: [{ name: 'store', limit: 1e12, ...it.holds }] }),
          cluster: { oldest: it.by === 'keda' ? '1.32' : '1.37' },
          ...(it.moreHeld !== undefined && { moreHeld: it.moreHeld }),
        }))
    );
  })
  .map(holding);

/**
 * Gives a pod's own queue room beyond the least that the autoscaler needs to see a backlog, and a given memory limit
 * the room for that queue. A pool that is sized from memory has its capacity derived, as it depends on the slots.
 */
function holding({ moreHeld, ...spec }: WorkerSpec & { readonly moreHeld?: number }): WorkerSpec {
  const { held } = spec.source;
  if (moreHeld === undefined || held === undefined) return spec;
  const capacity = (planWorker(spec).figures.queueCapacity?.value ?? 0) + moreHeld;
  const limit = spec.resources?.memory?.limit;
  const isSizedFromMemory = limit !== undefined && spec.concurrency === undefined;
  const isGiven = moreHeld > 0 && capacity <= 1_000_000 && !isSizedFromMemory;
  const room = capacity * heldTaskBytes(spec);
  return {
    ...spec,
    ...(limit !== undefined && {
      resources: { ...spec.resources, memory: { limit: limit + Math.ceil(room / 0.9) + 1 } },
    }),
    source: { ...spec.source, held: isGiven ? { ...held, capacity } : held },
  };
}

/** Numbers that nobody means, and a few that somebody does. */
export const anyNumber = fc.oneof(
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, -1, 1, 1.5, 2 ** 53, 1e300, 5e-324),
  fc.double(),
  fc.integer(),
  double(0, 100),
);
export const maybe = fc.option(anyNumber, { nil: undefined });

/** Specs with any number at all in every place. */
export const anySpec: fc.Arbitrary<WorkerSpec> = fc
  .record({
    n: fc.array(anyNumber, { minLength: 10, maxLength: 10 }),
    o: fc.array(maybe, { minLength: 16, maxLength: 16 }),
    noLimit: fc.boolean(),
    holds: fc.boolean(),
    delivery: fc.constantFrom('pull' as const, 'push' as const),
    oldest: fc.option(fc.oneof(fc.string(), fc.constant('1.37')), { nil: undefined }),
  })
  .map(({ n, o, noLimit, holds, delivery, oldest }) => {
    const need = (index: number) => n[index] ?? Number.NaN;
    const option = <Name extends string>(name: Name, index: number) => {
      const value = o[index];
      return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, number>>;
    };
    return {
      name: 'any',
      task: {
        cpuSeconds: need(0),
        durationSeconds: { mean: need(1), max: need(2) },
        memoryBytes: { base: need(3), perTask: need(4) },
        scratchBytes: { base: need(5), perTask: need(6) },
      },
      ...option('concurrency', 0),
      resources: {
        cpu: { ...option('request', 1), ...(noLimit ? { limit: 'none' as const } : option('limit', 2)) },
        memory: { ...option('request', 3), ...option('limit', 4) },
      },
      scale: { min: need(7), max: need(8), drainWithinSeconds: need(9), ...option('targetUtilization', 5) },
      source: {
        delivery,
        roundTripSeconds: o[6] ?? 0.001,
        ...(holds && { held: { ...option('capacity', 14), ...option('payloadBytes', 15) } }),
      },
      shutdown: {
        ...option('lameDuckSeconds', 7),
        ...option('flushSeconds', 8),
        ...option('graceSeconds', 9),
      },
      rollout: { ...option('maxSurge', 10), ...option('minReadySeconds', 11) },
      downstream: [{ name: 'store', limit: 100, ...option('perTask', 12), ...option('perPod', 13) }],
      cluster: oldest === undefined ? {} : { oldest },
    };
  });
