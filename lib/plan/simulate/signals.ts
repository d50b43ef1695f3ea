import type { Observation, Reading } from '../autoscaler/observation';
import type { AutoscalerSpec, MetricSpec } from '../autoscaler/spec';
import type { Problem } from '../problem';
import type { Fleet } from './fleet';
import type { PodProfile } from './pod-profile';
import type { SignalKind } from './settings';

/** What a metric says, by what it is called. */
export type MetricMeaning = SignalKind | 'cpu' | 'utilizationSum' | 'busySum';

/** Metrics of the Go runtime (docs/metrics.md). */
const KNOWN: Readonly<Record<string, SignalKind>> = {
  capstan_pool_utilization: 'utilization',
  capstan_pool_busy: 'busy',
  capstan_queue_backlog: 'backlog',
};

/** Parts of queries and types of triggers that count what nobody has settled. */
const UNSETTLED =
  /ack_pending|redis_stream_length|kafka_consumergroup_lag|^(nats-jetstream|redis-streams|kafka|rabbitmq)$/;

/** How often a worker's CPU is measured, and over how long (metrics-server). */
const CPU_WINDOW_MILLIS = 15_000;

/** What Prometheus saw when it looked. */
export interface Snapshot {
  readonly atSeconds: number;
  readonly utilization: number;
  readonly waiting: number;
  readonly tasks: number;
  readonly readyPods: number;
}

/**
 * What a metric of a query, a trigger or a name means; `undefined` when nobody knows.
 *
 * @param own what the user says about names
 */
export function meaningOf(
  texts: readonly string[],
  own: Readonly<Record<string, SignalKind>> = {},
): SignalKind | undefined {
  for (const text of texts) {
    const given = own[text];
    if (given !== undefined) return given;
  }
  for (const [name, kind] of [...Object.entries(own), ...Object.entries(KNOWN)]) {
    if (texts.some((text) => text.includes(name))) return kind;
  }
  return texts.some((text) => UNSETTLED.test(text)) ? 'unsettled' : undefined;
}

/** What each metric of an autoscaler means. */
export function meanings(
  spec: AutoscalerSpec,
  profile: PodProfile,
  own: Readonly<Record<string, SignalKind>> | undefined,
  where: string,
  problems: Problem[],
): MetricMeaning[] {
  return spec.metrics.map((metric, index) => {
    const prop = `${where}: spec.metrics[${index}]`;
    if (metric.source === 'Resource' || metric.source === 'ContainerResource') {
      if (metric.name === 'cpu' && profile.cpuPerSlot !== undefined) return 'cpu';
      problems.push(unknownResource(prop, metric.name));
      return 'cpu';
    }
    const meaning = meaningOf([metric.name], own);
    if (meaning === undefined) problems.push(unknownMetric(prop, metric.name));
    return summed(meaning ?? 'backlog', metric);
  });
}

/** What is said of each pod, a query adds up over all of them. */
export function summed(meaning: SignalKind, { source }: Pick<MetricSpec, 'source'>): MetricMeaning {
  if (source === 'Pods') return meaning;
  if (meaning === 'utilization') return 'utilizationSum';
  return meaning === 'busy' ? 'busySum' : meaning;
}

function unknownMetric(prop: string, name: string): Problem {
  return {
    prop,
    wanted:
      'must be a metric that can be simulated: capstan_pool_utilization, capstan_pool_busy or capstan_queue_backlog',
    got: name,
    fix: `Say what it counts with metrics: { '${name}': 'utilization' | 'busy' | 'backlog' | 'unsettled' }.`,
  };
}

function unknownResource(prop: string, name: string): Problem {
  return {
    prop,
    wanted:
      name === 'cpu'
        ? 'must come with the CPU seconds of a task'
        : 'must be cpu, the only resource that can be simulated',
    got: name === 'cpu' ? 'none' : name,
    fix: name === 'cpu' ? 'Pass cpuSeconds in the profile of the worker.' : 'Scale by another metric.',
  };
}

/** What an autoscaler sees now, of metrics that were measured a while ago. */
export function observe(
  nowSeconds: number,
  fleet: Fleet,
  profile: PodProfile,
  metrics: readonly MetricMeaning[],
  snapshot: Snapshot | undefined,
  cpuRequestMilli: number,
): Observation {
  const pods = fleet.observed(nowSeconds);
  const readings: Reading[] = [];
  // No function within this one: it is called at each look.
  for (const meaning of metrics) {
    readings.push(readingOf(meaning, fleet, pods.length, profile, snapshot, cpuRequestMilli));
  }
  return {
    nowMillis: Math.round(nowSeconds * 1000),
    replicas: fleet.replicas,
    listed: fleet.listed,
    pods,
    readings,
  };
}

function readingOf(
  meaning: MetricMeaning,
  fleet: Fleet,
  groups: number,
  profile: PodProfile,
  snapshot: Snapshot | undefined,
  cpuRequestMilli: number,
): Reading {
  if (snapshot === undefined) return 'failed';
  const perPod = snapshot.utilization * profile.slots;
  switch (meaning) {
    case 'backlog':
      return milli(snapshot.waiting);
    case 'unsettled':
      return milli(snapshot.tasks);
    case 'utilizationSum':
      return milli(snapshot.utilization * snapshot.readyPods);
    case 'busySum':
      return milli(perPod * snapshot.readyPods);
    case 'cpu':
      return {
        milli: samplesOf(fleet, groups, perPod * (profile.cpuPerSlot ?? 0), snapshot),
        takenMillis: Math.round(snapshot.atSeconds * 1000),
        windowMillis: CPU_WINDOW_MILLIS,
        requestMilli: cpuRequestMilli,
      };
    default:
      return {
        milli: samplesOf(fleet, groups, meaning === 'busy' ? perPod : snapshot.utilization, snapshot),
      };
  }
}

function samplesOf(fleet: Fleet, groups: number, value: number, snapshot: Snapshot): (number | undefined)[] {
  const samples: (number | undefined)[] = [];
  for (let index = 0; index < groups; index++) samples.push(sampleOf(fleet, index, value, snapshot));
  return samples;
}

/** A pod that runs and is not ready yet reports 0; one that did not run yet, or is on its way out, nothing. */
function sampleOf(
  fleet: Fleet,
  index: number,
  value: number,
  { atSeconds: seenAt }: Snapshot,
): number | undefined {
  const { runsAt, readyAt } = fleet.since(index);
  if (readyAt <= seenAt) return milli(value);
  return runsAt <= seenAt ? 0 : undefined;
}

function milli(value: number): number {
  return Math.floor(value * 1000 + 1e-6);
}
