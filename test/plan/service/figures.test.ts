import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { planService, type ServiceFigures, type ServiceSpec } from '../../../lib/plan';
import { UNREAD_BODY_BYTES } from '../../../lib/plan/service/waiting-room';
import { MIB } from '../examples';
import { upload } from './example';

const figures = (change: Partial<ServiceSpec> = {}): ServiceFigures => {
  const plan = planService({ ...upload, ...change });
  expect(plan.problems).toEqual([]);
  return plan.figures;
};

test('the example, computed by hand', () => {
  const values = Object.fromEntries(Object.entries(figures()).map(([name, { value }]) => [name, value]));
  expect(values).toEqual({
    poolSlots: 32,
    cpuRequest: 6.4, // 32 × 0.004 ÷ 0.02
    cpuLimit: 8, // 1.25 × 6.4
    memoryRequest: 112 * MIB,
    memoryLimit: 112 * MIB, // (24 + 32 × 2 + 128 × 0.09375) ÷ 0.9 = 111.1
    gomemlimit: Math.floor(100.8 * MIB),
    scratch: 16 * MIB,
    ephemeralStorageRequest: 80 * MIB,
    ephemeralStorageLimit: 80 * MIB,
    throughputPerPod: 1600, // 32 ÷ 0.02
    longestWait: 0.08, // 0.1 − 0.02
    waitingRoom: 128, // 1,600 × 0.08
    lameDuck: 5,
    drain: 10.08,
    flush: 3,
    gracePeriod: 19, // 5 + 10.08 + 3 = 18.08
    minReplicas: 2,
    maxReplicas: 20,
    targetUtilization: 0.7,
    scaleUpPercent: 100,
    scaleUpPods: 4,
    scaleUpPeriod: 15,
    scaleDownWindow: 300,
    scaleDownPercent: 25,
    scaleDownPeriod: 60,
    maxSurge: 5,
    minReadySeconds: 5,
    pdbMaxUnavailable: 1,
    peakPodsSteady: 25,
    peakPodsRollingUpdate: 40,
    peakPodsBlueGreen: 40,
    peakConcurrencySteady: 800,
    peakConcurrencyRollingUpdate: 1280,
    peakConcurrencyBlueGreen: 1280,
  });
});

test('the runtime lets in of an unread body what the plan counts', () => {
  const runtime = readFileSync(join(__dirname, '../../../go/service/lifecycle.go'), 'utf8');
  expect(runtime).toContain(`unreadBodyBytes = ${UNREAD_BODY_BYTES / 1024} << 10\n`);
});

describe('the waiting room', () => {
  const { latencySeconds: _, ...unhurried } = upload;

  test('without a latency, a short request may wait for 100 ms', () => {
    const { longestWait, waitingRoom } = planService(unhurried).figures;
    expect([longestWait.value, waitingRoom.value]).toEqual([0.1, 160]);
  });

  test('without a latency, a long request may wait as long as it takes: as many as there are slots', () => {
    const request = { ...upload.request, durationSeconds: { mean: 2, max: 10 } };
    const { longestWait, waitingRoom } = planService({ ...unhurried, request }).figures;
    expect([longestWait.value, waitingRoom.value]).toEqual([2, 32]);
  });

  test('is empty when the latency is what an average request takes: nobody waits', () => {
    const { longestWait, waitingRoom, drain } = figures({ latencySeconds: 0.02 });
    expect([longestWait.value, waitingRoom.value, drain.value]).toEqual([0, 0, 10]);
  });

  test('shrinks where CPU is short, since requests then take longer', () => {
    // 4 cores ÷ 0.004 = 1,000 requests/s; an average request takes 32 ÷ 1,000 = 32 ms.
    const { longestWait, waitingRoom } = figures({ resources: { cpu: { limit: 4 } } });
    expect(longestWait.value).toBeCloseTo(0.068, 6);
    expect(waitingRoom.value).toBe(68);
  });

  test('takes less memory when no bodies are accepted', () => {
    const request = { ...upload.request, maxBodyBytes: 0 };
    expect(figures({ request }).memoryLimit.reason).toContain('128 waiting requests × 32 KiB');
    expect(figures().memoryLimit.reason).toContain('128 waiting requests × 96 KiB');
  });
});

describe('the signal', () => {
  test('by CPU is what a full pod uses of its request, times the target', () => {
    const scale = { ...upload.scale, by: 'cpu' as const };
    expect(figures({ scale }).targetCpuUtilization?.value).toBe(70);
    // 1,600 × 0.004 = 6.4 cores of 8, × 0.7
    expect(figures({ scale, resources: { cpu: { request: 8 } } }).targetCpuUtilization?.value).toBe(56);
  });

  test('by CPU may be above the request where the pod may use more', () => {
    const scale = { ...upload.scale, by: 'cpu' as const };
    const resources = { cpu: { request: 2, limit: 8 } };
    expect(figures({ scale, resources }).targetCpuUtilization?.value).toBe(224);
  });

  test('by requests per second is the throughput times the target', () => {
    const scale = { ...upload.scale, by: 'requests-per-second' as const, targetUtilization: 0.5 };
    expect(figures({ scale }).targetRequestRate?.value).toBe(800);
  });

  test('that is not followed says so', () => {
    expect(planService(upload).explain('targetRequestRate')).toMatch(/left out {2}.*requests-per-second/);
  });
});

test('requests from outside of the cluster follow later', () => {
  expect(figures({ reach: 'outside' }).lameDuck.value).toBe(15);
  expect(figures({ reach: 'outside' }).gracePeriod.value).toBe(29);
});

test('the bound is sized from the CPU request', () => {
  const { concurrency: _, ...unsized } = upload;
  const plan = planService({ ...unsized, resources: { cpu: { request: 2 } } });
  expect(plan.figures.poolSlots.value).toBe(10); // 2 × 0.02 ÷ 0.004
  expect(plan.figures.poolSlots.reason).toBe(
    '2 cores × 20 ms ÷ 4 ms of CPU per request, rounded up to 10 slots',
  );
});
