import { milliValue, type Quantity, readQuantity } from './quantity';
import type { Reader } from './reader';
import type { MetricSource, MetricSpec, MetricTarget } from './spec';

const SOURCES = ['Pods', 'External', 'Object', 'Resource', 'ContainerResource'] as const;

/** Field of a metric that holds it, by its type. */
const FIELDS: Readonly<Record<MetricSource, string>> = {
  Pods: 'pods',
  External: 'external',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

/** What stands in it. */
const HELD: Readonly<Record<MetricSource, readonly string[]>> = {
  Pods: ['metric', 'target'],
  External: ['metric', 'target'],
  Object: ['describedObject', 'metric', 'target'],
  Resource: ['name', 'target'],
  ContainerResource: ['name', 'container', 'target'],
};

/** Utilisation of CPU that an autoscaler without metrics aims at (`DefaultCPUUtilization`). */
const DEFAULT_METRICS: readonly MetricSpec[] = [
  { source: 'Resource', name: 'cpu', target: { type: 'Utilization', amount: 80 } },
];

/** The metrics of a spec, as API server and controller read them. */
export function readMetrics(metrics: Reader, minReplicas: number): readonly MetricSpec[] {
  if (metrics.isAbsent || metrics.isEmptyList) return DEFAULT_METRICS;
  const read = metrics.list('List metrics, or leave them out.').map(readMetric);
  if (minReplicas === 0 && !read.some(({ source }) => source === 'External' || source === 'Object')) {
    metrics.refuse(
      'must hold one of type External or Object where minReplicas is 0',
      'Add one, or set minReplicas to 1.',
    );
  }
  return read;
}

function readMetric(metric: Reader): MetricSpec {
  metric.only('type', ...Object.values(FIELDS));
  const source = metric.field('type').oneOf(SOURCES, 'Name where the metric comes from.');
  const field = FIELDS[source];
  const held = metric.field(field);
  held.isObject(`Fill in ${field}, as type says ${source}.`);
  for (const other of Object.values(FIELDS)) {
    if (other !== field && !metric.field(other).isAbsent) {
      metric.field(other).refuse(`must be left out where type is ${source}`, 'Make it a metric of its own.');
    }
  }
  held.only(...HELD[source]);
  const isResource = source === 'Resource' || source === 'ContainerResource';
  const name = (isResource ? held : held.field('metric')).field('name').text('Name the metric.');
  const target = readTarget(held.field('target'), source);
  if (source === 'Object') readDescribed(held.field('describedObject'));
  if (source !== 'ContainerResource') return { source, name, target };
  return { source, name, target, container: held.field('container').text('Name the container.') };
}

function readDescribed(described: Reader): void {
  described.field('kind').text('Name the kind of the object that the metric is about.');
  described.field('name').text('Name the object that the metric is about.');
}

/** Which kinds of target a source can have, in the order in which the controller asks for them. */
const TARGETS: Readonly<Record<MetricSource, readonly [MetricTarget['type'], ...MetricTarget['type'][]]>> = {
  Pods: ['AverageValue'],
  External: ['AverageValue', 'Value'],
  Object: ['Value', 'AverageValue'],
  Resource: ['AverageValue', 'Utilization'],
  ContainerResource: ['AverageValue', 'Utilization'],
};

function readTarget(target: Reader, source: MetricSource): MetricTarget {
  const said = target.field('type').oneOf(['Value', 'AverageValue', 'Utilization'], 'Name what is compared.');
  target.only('type', 'value', 'averageValue', 'averageUtilization');
  const types = TARGETS[source];
  const given = types.filter((type) => !target.field(fieldOf(type)).isAbsent);
  // The API server takes an object's target whose type is of another field; the controller then fails for ever.
  const [type = types[0], second] = source === 'Object' ? given.filter((it) => it === said) : given;
  if (second !== undefined) {
    target.field(fieldOf(second)).refuse(`must be left out beside ${fieldOf(type)}`, 'Keep one of them.');
  }
  const amount = target.field(fieldOf(type));
  if (type === 'Utilization') {
    const rule = { least: 1, most: 2 ** 31 - 1, whole: true };
    return { type, amount: amount.number(rule, 'Give whole percent of what the pods request.') };
  }
  const quantity = amount.parsed(
    readPositive,
    'must be a quantity above 0',
    "Give one such as '700m' or '30'.",
  );
  return { type, amount: quantity === undefined ? 1 : milliValue(quantity) };
}

function fieldOf(type: MetricTarget['type']): string {
  return { Value: 'value', AverageValue: 'averageValue', Utilization: 'averageUtilization' }[type];
}

function readPositive(value: unknown): Quantity | undefined {
  const quantity = readQuantity(value);
  return quantity === undefined || quantity.digits === 0n ? undefined : quantity;
}
