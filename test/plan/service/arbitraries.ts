import fc from 'fast-check';
import { planService, type ServiceSignal, type ServiceSpec, type WorkerSpec } from '../../../lib/plan';
import { anyNumber, double, maybe, pool, task } from '../arbitraries';
import { MIB } from '../examples';
import { waitingBytes } from './invariants';

const option = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

const signal = fc.constantFrom<ServiceSignal>('in-flight', 'cpu', 'requests-per-second');

/** Services that nothing is wrong with. */
export const validService: fc.Arbitrary<ServiceSpec> = task.chain((of) =>
  fc
    .record({
      pool: pool(of),
      min: fc.integer({ min: 1, max: 50 }),
      more: fc.integer({ min: 0, max: 200 }),
      by: option(signal),
      target: option(fc.integer({ min: 1, max: 909 })),
      latency: option(double(1, 20)),
      maxBodyBytes: option(fc.integer({ min: 0, max: 4 * MIB })),
      reach: option(fc.constantFrom('cluster' as const, 'outside' as const)),
      spareGrace: option(fc.integer({ min: 0, max: 4000 })),
      surge: option(fc.integer({ min: 1, max: 60 })),
      minReadySeconds: option(fc.integer({ min: 0, max: 599 })),
      holds: option(fc.record({ perTask: double(0, 4), perPod: double(0, 32) })),
    })
    .map((it): ServiceSpec => {
      const plain: ServiceSpec = {
        name: 'any',
        request: {
          ...requestOf(of),
          ...(it.maxBodyBytes !== undefined && { maxBodyBytes: it.maxBodyBytes }),
        },
        ...it.pool,
        scale: {
          min: it.min,
          max: it.min + it.more,
          ...(it.target !== undefined && { targetUtilization: it.target / 1000 }),
        },
        ...(it.reach && { reach: it.reach }),
        rollout: {
          ...(it.surge !== undefined && { maxSurge: it.surge }),
          ...(it.minReadySeconds !== undefined && { minReadySeconds: it.minReadySeconds }),
        },
        ...(it.holds && { downstream: [{ name: 'store', limit: 1e12, ...it.holds }] }),
      };
      return followed(roomy(patient(plain, it.latency), it.spareGrace), it.by);
    })
    .filter(fewWait),
);

/** Whether fewer wait than a pod may hold, which tiny requests in many slots exceed in the shortest wait. */
function fewWait(spec: ServiceSpec): boolean {
  const { longestWait, throughputPerPod } = planService(spec).figures;
  return longestWait.value * throughputPerPod.value < 999_000;
}

function requestOf({ cpuSeconds, durationSeconds, memoryBytes, scratchBytes }: WorkerSpec['task']) {
  return {
    cpuSeconds,
    durationSeconds,
    memoryBytes: { base: memoryBytes.base, perRequest: memoryBytes.perTask },
    ...(scratchBytes && { scratchBytes: { base: scratchBytes.base, perRequest: scratchBytes.perTask } }),
  };
}

/** Gives a latency of so many busy requests, where the number of slots does not follow from it. */
function patient(spec: ServiceSpec, times: number | undefined): ServiceSpec {
  if (times === undefined || (spec.concurrency === undefined && spec.resources?.memory !== undefined)) {
    return spec;
  }
  const { poolSlots, throughputPerPod } = planService(spec).figures;
  return { ...spec, latencySeconds: (times * poolSlots.value) / throughputPerPod.value };
}

/** Gives what waits the memory and the time that it takes, where those are given. */
function roomy(spec: ServiceSpec, spareGrace: number | undefined): ServiceSpec {
  const { waitingRoom, longestWait } = planService(spec).figures;
  const limit = spec.resources?.memory?.limit;
  const room = Math.ceil((waitingRoom.value * waitingBytes(spec)) / 0.9) + 1;
  const grace = Math.ceil(spec.request.durationSeconds.max + longestWait.value) + 18;
  return {
    ...spec,
    ...(limit !== undefined && { resources: { ...spec.resources, memory: { limit: limit + room } } }),
    // A pool that is sized from memory grows with the room, and then an average request may take longer.
    ...(spareGrace !== undefined &&
      spec.concurrency !== undefined && { shutdown: { graceSeconds: grace + spareGrace } }),
  };
}

/** Makes the autoscaler follow a signal, but CPU only where that tells a full pod from an idle one. */
function followed(spec: ServiceSpec, by: ServiceSignal | undefined): ServiceSpec {
  if (by === undefined) return spec;
  const { throughputPerPod, cpuRequest, targetUtilization } = planService(spec).figures;
  const used = (throughputPerPod.value * spec.request.cpuSeconds) / cpuRequest.value;
  const tells = used * targetUtilization.value >= 0.1;
  return by === 'cpu' && !tells ? spec : { ...spec, scale: { ...spec.scale, by } };
}

/** Services with any number at all in every place. */
export const anyService: fc.Arbitrary<ServiceSpec> = fc
  .record({
    n: fc.array(anyNumber, { minLength: 9, maxLength: 9 }),
    o: fc.array(maybe, { minLength: 15, maxLength: 15 }),
    noLimit: fc.boolean(),
    by: option(signal),
    outside: fc.boolean(),
    oldest: option(fc.oneof(fc.string(), fc.constant('1.37'))),
  })
  .map(({ n, o, noLimit, by, outside, oldest }) => {
    const need = (index: number) => n[index] ?? Number.NaN;
    const given = <Name extends string>(name: Name, index: number) => {
      const value = o[index];
      return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, number>>;
    };
    return {
      name: 'any',
      request: {
        cpuSeconds: need(0),
        durationSeconds: { mean: need(1), max: need(2) },
        memoryBytes: { base: need(3), perRequest: need(4) },
        scratchBytes: { base: need(5), perRequest: need(6) },
        ...given('maxBodyBytes', 0),
      },
      ...given('concurrency', 1),
      ...given('latencySeconds', 2),
      resources: {
        cpu: { ...given('request', 3), ...(noLimit ? { limit: 'none' as const } : given('limit', 4)) },
        memory: { ...given('request', 5), ...given('limit', 6) },
      },
      scale: { min: need(7), max: need(8), ...given('targetUtilization', 7), ...(by && { by }) },
      reach: outside ? 'outside' : 'cluster',
      shutdown: {
        ...given('lameDuckSeconds', 8),
        ...given('flushSeconds', 9),
        ...given('graceSeconds', 10),
      },
      rollout: { ...given('maxSurge', 11), ...given('minReadySeconds', 12) },
      downstream: [{ name: 'store', limit: 100, ...given('perTask', 13), ...given('perPod', 14) }],
      cluster: oldest === undefined ? {} : { oldest },
    };
  });
