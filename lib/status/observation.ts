import type { Observation, PodGroup, PodSamples, Reading } from '../plan/autoscaler/observation';
import { milliValue, readQuantity } from '../plan/autoscaler/quantity';
import type { AutoscalerSpec, MetricSpec } from '../plan/autoscaler/spec';
import { type Fields, fieldsOf, numberAt, objectsOf, textAt, within } from '../plan/fields';
import { isEnding, podState } from './pods';
import { conditionOf, timeAt, type WorkloadView } from './view';

/** Stands for what a pod requests, where only the share of it is known. */
const REQUEST_MILLI = 100_000;

/** Field of a metric's status, by its type. */
const FIELDS: Readonly<Record<MetricSpec['source'], string>> = {
  Pods: 'pods',
  External: 'external',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

/**
 * What the controller saw when it looked last, as far as its status says. That has means of all pods, so each pod counts
 * with the mean.
 */
export function observationOf(
  { workload, pods, nowMillis }: WorkloadView,
  spec: AutoscalerSpec,
  autoscaler: Fields,
): Observation {
  const groups = pods.map((pod) => podGroup(pod, nowMillis));
  const listed = numberAt(workload, 'status', 'replicas') ?? 0;
  const current = objectsOf(within(autoscaler, 'status', 'currentMetrics'));
  return {
    nowMillis,
    replicas: numberAt(workload, 'spec', 'replicas') ?? 1,
    listed,
    pods: groups,
    readings: spec.metrics.map((metric) => readingOf(metric, current, groups, listed)),
  };
}

function podGroup(pod: Fields, nowMillis: number): PodGroup {
  const phase = textAt(pod, 'status', 'phase');
  const ready = conditionOf(pod, 'Ready');
  return {
    count: 1,
    phase: podState(pod) === 'ended' ? 'Failed' : phase === 'Running' ? 'Running' : 'Pending',
    ready: ready?.status === 'True',
    terminating: isEnding(pod),
    startMillis: timeAt(pod, 'status', 'startTime') ?? nowMillis,
    readyChangedMillis: timeAt(ready, 'lastTransitionTime') ?? nowMillis,
  };
}

function readingOf(
  metric: MetricSpec,
  all: readonly Fields[],
  pods: readonly PodGroup[],
  listed: number,
): Reading {
  const field = FIELDS[metric.source];
  const held = all
    .filter(({ type }) => type === metric.source)
    .map((it) => fieldsOf(it[field]))
    .find((it) => (textAt(it, 'metric', 'name') ?? textAt(it, 'name')) === metric.name);
  const current = within(held, 'current');
  const average = milliAt(current, 'averageValue');
  if (metric.source === 'External' || metric.source === 'Object') {
    const value = milliAt(current, 'value');
    if (metric.target.type === 'Value') return value ?? 'failed';
    return average === undefined ? (value ?? 'failed') : average * listed;
  }
  if (metric.target.type !== 'Utilization') return average === undefined ? 'failed' : samples(pods, average);
  const percent = numberAt(current, 'averageUtilization');
  if (percent === undefined) return 'failed';
  return { ...samples(pods, (percent * REQUEST_MILLI) / 100), requestMilli: REQUEST_MILLI };
}

function samples(pods: readonly PodGroup[], milli: number): PodSamples {
  return {
    milli: pods.map(({ phase, terminating }) => (phase === 'Running' && !terminating ? milli : undefined)),
  };
}

function milliAt(value: unknown, name: string): number | undefined {
  const quantity = readQuantity(within(value, name));
  return quantity === undefined ? undefined : milliValue(quantity);
}
