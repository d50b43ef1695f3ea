import { groupPods, type PodCounts } from './group-pods';
import { capInt32, toInt32 } from './integer';
import type { Observation, PodSamples, Reading } from './observation';
import type { SettledSettings } from './settings';
import type { MetricSpec } from './spec';
import { isWithin, type Tolerance } from './tolerance';

/** What one metric asks for; `undefined` stands for an error of it. */
export interface Proposal {
  readonly replicas: number;
  /** What the status shows: thousandths or percent; `null` where it is no number. */
  readonly seen: number | null;
}

/** What a proposal follows from, apart from the metric. */
export interface Circumstances {
  readonly observation: Observation;
  readonly tolerance: Tolerance;
  readonly settings: SettledSettings;
}

/** The count that a metric asks for (`computeReplicasForMetric`). */
export function propose(metric: MetricSpec, reading: Reading, given: Circumstances): Proposal | undefined {
  if (reading === 'failed') return undefined;
  const { amount, type } = metric.target;
  if (typeof reading === 'number') {
    if (type === 'Value') return ofValue(reading, amount, given);
    return ofShare(reading, amount, given, metric.source === 'External' ? capInt32 : toInt32);
  }
  return ofPods(metric, reading, given);
}

/** `getUsageRatioReplicaCount`: from zero pods the ratio is the count; else it multiplies all ready pods. */
function ofValue(
  usage: number,
  target: number,
  { observation, tolerance }: Circumstances,
): Proposal | undefined {
  const ratio = usage / target;
  if (observation.replicas === 0) return { replicas: toInt32(Math.ceil(ratio)), seen: usage };
  if (isWithin(tolerance, ratio)) return { replicas: observation.replicas, seen: usage };
  if (observation.pods.length === 0) return undefined;
  let ready = 0;
  // Terminating pods count for as long as they are ready.
  for (const pod of observation.pods) if (pod.phase === 'Running' && pod.ready) ready += pod.count;
  return { replicas: capInt32(Math.ceil(ratio * ready)), seen: usage };
}

/** `GetExternalPerPodMetricReplicas` and that of objects: a share for each pod of the target's status. */
function ofShare(
  usage: number,
  target: number,
  { observation, tolerance }: Circumstances,
  integer: (value: number) => number,
): Proposal {
  const { listed } = observation;
  const replicas = isWithin(tolerance, usage / (target * listed))
    ? listed
    : integer(Math.ceil(usage / target));
  return { replicas, seen: listed === 0 ? null : Math.ceil(usage / listed) };
}

/** `calcPlainMetricReplicas` and `GetResourceReplicas`, which differ in how usage is measured. */
function ofPods(metric: MetricSpec, samples: PodSamples, given: Circumstances): Proposal | undefined {
  const { observation, tolerance, settings } = given;
  const isResource = metric.source === 'Resource' || metric.source === 'ContainerResource';
  const isCpu = isResource && metric.name === 'cpu';
  const counts = groupPods(observation.pods, samples, observation.nowMillis, isCpu ? settings : undefined);
  if (counts.ready === 0) return undefined;
  const measure = metric.target.type === 'Utilization' ? utilization(metric, samples) : average(metric);
  if (measure === undefined) return undefined;
  const seen = measure.usage(counts.totalMilli, counts.ready);
  const ratio = seen / metric.target.amount;
  const replicas = replicasFor(ratio, counts, measure, { current: observation.replicas, tolerance });
  return { replicas, seen };
}

/** How the samples of pods become one number to compare with the target. */
interface Measure {
  usage(totalMilli: number, pods: number): number;
  readonly target: number;
  /** What a pod without a sample counts as on the way down. */
  readonly missingMilli: number;
}

function average({ target: { amount } }: MetricSpec): Measure {
  return {
    target: amount,
    missingMilli: amount,
    usage: (totalMilli, pods) => Math.trunc(totalMilli / pods),
  };
}

function utilization(
  { target: { amount } }: MetricSpec,
  { requestMilli = 0 }: PodSamples,
): Measure | undefined {
  if (requestMilli === 0) return undefined;
  return {
    target: amount,
    missingMilli: Math.trunc((requestMilli * Math.max(100, amount)) / 100),
    usage: (totalMilli, pods) => toInt32((totalMilli * 100) / (requestMilli * pods)),
  };
}

function replicasFor(
  ratio: number,
  { ready, totalMilli, unready, missing }: PodCounts,
  measure: Measure,
  { current, tolerance }: { readonly current: number; readonly tolerance: Tolerance },
): number {
  const addsUnready = unready > 0 && ratio > 1;
  if (!addsUnready && missing === 0) {
    return isWithin(tolerance, ratio) ? current : toInt32(Math.ceil(ratio * ready));
  }
  // At exactly 1 a missing pod is not counted at all.
  const pods = ready + (ratio === 1 ? 0 : missing) + (addsUnready ? unready : 0);
  const total = totalMilli + (ratio < 1 ? missing * measure.missingMilli : 0);
  const settled = measure.usage(total, pods) / measure.target;
  const turns = (ratio < 1 && settled > 1) || (ratio > 1 && settled < 1);
  if (isWithin(tolerance, settled) || turns) return current;
  const replicas = toInt32(Math.ceil(settled * pods));
  const contradicts = (settled < 1 && replicas > current) || (settled > 1 && replicas < current);
  return contradicts ? current : replicas;
}
