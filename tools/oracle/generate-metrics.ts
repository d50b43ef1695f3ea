import type { Random } from '../random';

/** Sizes that the parts of a scenario share. */
export interface Sizes {
  readonly slotsPerPod: number;
  readonly cpuRequestMilli: number;
  /** The bound of the autoscaler. */
  readonly most: number;
}

/** A metric of a HorizontalPodAutoscaler. */
export type MetricDocument = { readonly type: string } & Readonly<Record<string, unknown>>;

const OBJECT = { apiVersion: 'v1', kind: 'Service', name: 'queue' };

/** One, two or three metrics of any kind; `undefined` for an autoscaler that lists none. */
export function metricsOf(random: Random, sizes: Sizes): MetricDocument[] | undefined {
  if (random.chance(0.02)) return undefined;
  return Array.from({ length: random.of(1, 1, 1, 2, 2, 3) }, () => metricOf(random, sizes));
}

function metricOf(random: Random, sizes: Sizes): MetricDocument {
  switch (
    random.of('Pods', 'Pods', 'External', 'External', 'Resource', 'Resource', 'Object', 'ContainerResource')
  ) {
    case 'Pods': {
      const averageValue = random.of('700m', '0.7', '500m', '0.85', '1', '333m', '0.0005');
      const target = { type: 'AverageValue', averageValue };
      return { type: 'Pods', pods: { metric: { name: 'pool_utilization' }, target } };
    }
    case 'External': {
      const metric = { name: 'backlog', selector: { matchLabels: { worker: 'develop' } } };
      return { type: 'External', external: { metric, target: backlogTarget(random) } };
    }
    case 'Object': {
      const object = { describedObject: OBJECT, metric: { name: 'backlog' }, target: backlogTarget(random) };
      return { type: 'Object', object };
    }
    case 'Resource':
      return { type: 'Resource', resource: { name: 'cpu', target: cpuTarget(random, sizes) } };
    default: {
      const containerResource = { name: 'cpu', container: 'worker', target: cpuTarget(random, sizes) };
      return { type: 'ContainerResource', containerResource };
    }
  }
}

function backlogTarget(random: Random) {
  const value = random.of('30', '5', '100', '7500m', '1k', '2.5');
  return random.chance(0.4) ? { type: 'Value', value } : { type: 'AverageValue', averageValue: value };
}

function cpuTarget(random: Random, { cpuRequestMilli }: Sizes) {
  if (random.chance(0.65)) {
    return { type: 'Utilization', averageUtilization: random.of(30, 50, 70, 80, 99, 120, 150) };
  }
  const averageValue = `${Math.max(1, Math.round(cpuRequestMilli * random.of(0.3, 0.6, 0.9)))}m`;
  return { type: 'AverageValue', averageValue };
}
