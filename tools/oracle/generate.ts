import { Random } from '../random';
import { behaviorOf } from './generate-behavior';
import { metricsOf, type Sizes } from './generate-metrics';
import { seriesOf } from './generate-series';

/** A scenario in the format of docs/autoscaler.md. */
export type ScenarioDocument = Readonly<Record<string, unknown>> & { readonly name: string };

/** Scenarios of all kinds that follow from a seed. */
export function generateScenarios(seed: number, count: number): ScenarioDocument[] {
  return Array.from({ length: count }, (_, index) => generate(seed, index));
}

function generate(seed: number, index: number): ScenarioDocument {
  const random = new Random(Math.imul(seed, 1_000_003) + index);
  const document = anyScenario(random, `${seed}-${index}`);
  return random.chance(0.04) ? { ...document, ...coldStart(random) } : document;
}

/** Full pods that are exactly at their target, and others that do not report yet: a case that chance rarely meets. */
function coldStart(random: Random) {
  const averageValue = random.of('1', '500m');
  const target = { type: 'AverageValue', averageValue };
  const metrics = [{ type: 'Pods', pods: { metric: { name: 'pool_utilization' }, target } }];
  const initialReplicas = random.whole(1, 4);
  return {
    hpa: autoscalerOf({ minReplicas: initialReplicas + random.whole(1, 6), maxReplicas: 20, metrics }),
    initialReplicas,
    podPendingSeconds: 0,
    podReadySeconds: random.of(30, 75, 200),
    unreadyPods: 'missing',
    slotsPerPod: 4,
    demandSlots: [averageValue === '1' ? 1000 : 2 * initialReplicas],
    missingSteps: {},
  };
}

function anyScenario(random: Random, name: string): ScenarioDocument {
  const sizes: Sizes = {
    slotsPerPod: random.of(1, 4, 8, 16),
    cpuRequestMilli: random.of(50, 100, 250, 500, 1000, 1500),
    most: random.of(3, 10, 20, 40, 80),
  };
  const metrics = metricsOf(random, sizes);
  const behavior = behaviorOf(random);
  const minReplicas = least(random, metrics, sizes);
  const durationSeconds = 60 * random.of(12, 20, 30, 45, 60);
  const seriesStepSeconds = random.of(7, 15, 15, 30, 60, 90);
  const steps = Math.ceil(durationSeconds / seriesStepSeconds) + random.of(-5, 0, 1);
  return {
    name,
    hpa: autoscalerOf({
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas: Math.max(sizes.most, minReplicas ?? 1),
      ...(metrics === undefined ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior }),
    }),
    initialReplicas: initial(random, sizes, minReplicas ?? 1),
    ...podTiming(random),
    durationSeconds,
    seriesStepSeconds,
    demandSlots: seriesOf(random, steps, sizes.most * sizes.slotsPerPod),
    slotsPerPod: sizes.slotsPerPod,
    backlog: seriesOf(random, steps, random.chance(0.03) ? 1e11 : sizes.most * random.of(2, 8, 30)),
    ...cpu(random, sizes),
    missingSteps: missing(random, steps),
    syncLatencyMillis: random.of(0, 0, 0, 0, 1, 20, 137, 999, 2500),
  };
}

function autoscalerOf(spec: Readonly<Record<string, unknown>>) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'worker' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' }, ...spec },
  };
}

function least(random: Random, metrics: ReturnType<typeof metricsOf>, { most }: Sizes): number | undefined {
  const mayBeZero = metrics?.some(({ type }) => type === 'External' || type === 'Object') ?? false;
  if (mayBeZero && random.chance(0.5)) return 0;
  return random.of(undefined, 1, 2, 3, random.whole(1, most));
}

/** Within the bounds, or below, above and at zero. */
function initial(random: Random, { most }: Sizes, min: number): number {
  if (random.chance(0.06)) return 0;
  if (random.chance(0.1)) return most + random.whole(1, 10);
  if (random.chance(0.1)) return Math.max(1, min - random.whole(1, 3));
  return random.whole(Math.max(1, min), Math.max(1, min, most));
}

function podTiming(random: Random) {
  const podPendingSeconds = random.of(0, 0, 5, 15, 20, 45, 90);
  return {
    podPendingSeconds,
    podReadySeconds: podPendingSeconds + random.of(0, 0, 10, 15, 30, 75, 200, 400),
    podTerminationSeconds: random.of(0, 10, 15, 30, 60, 120, 300),
    unreadyPods: random.of('zero', 'missing'),
  };
}

function cpu(random: Random, { cpuRequestMilli, slotsPerPod }: Sizes) {
  return {
    // A full pod uses between a third and twice of what it requests.
    cpuMilliPerBusySlot: Math.max(
      1,
      Math.round((cpuRequestMilli * random.of(0.33, 0.7, 1, 1.5, 2)) / slotsPerPod),
    ),
    cpuRequestMilli,
    unreadyCpuMilli: random.of(0, 10, cpuRequestMilli, 2 * cpuRequestMilli),
    cpuMetricWindowSeconds: random.of(10, 15, 20, 30, 60),
    cpuMetricAgeSeconds: random.of(0, 0, 10, 15, 30),
  };
}

/** For each metric nothing, single steps, or one long gap. */
function missing(random: Random, steps: number): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, readonly number[]> = {};
  for (const name of ['pool_utilization', 'backlog', 'cpu']) {
    if (random.chance(0.7)) continue;
    const share = random.of(0.05, 0.3);
    const from = random.whole(0, steps);
    const length = random.whole(1, Math.max(1, Math.floor(steps / 3)));
    const isGap = random.chance(0.5);
    found[name] = Array.from({ length: steps }, (_, step) => step).filter((step) =>
      isGap ? step >= from && step < from + length : random.chance(share),
    );
  }
  return found;
}
