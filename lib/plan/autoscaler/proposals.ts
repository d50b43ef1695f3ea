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
  const { observation, settings } = given;
  const isResource = metric.source === 'Resource' || metric.source === 'ContainerResource';
  const isCpu = isResource && metric.name === 'cpu';
  const counts = groupPods(observation.pods, samples, observation.nowMillis, isCpu ? settings : undefined);
  const { requestMilli = 0 } = samples;
  const { type, amount } = metric.target;
  if (counts.ready === 0 || (type === 'Utilization' && requestMilli === 0)) return undefined;
  const measure = type === 'Utilization' ? UTILIZATION : AVERAGE;
  const seen = measure.usage(counts.totalMilli, counts.ready, requestMilli);
  const ratio = seen / amount;
  if (isWithoutDoubt(ratio, counts)) return { replicas: replicasAt(ratio, counts.ready, given), seen };
  // At exactly 1 a missing pod is not counted at all.
  const pods = counts.ready + (ratio === 1 ? 0 : counts.missing) + (ratio > 1 ? counts.unready : 0);
  const missingMilli = ratio < 1 ? counts.missing * measure.missingMilli(amount, requestMilli) : 0;
  const settled = measure.usage(counts.totalMilli + missingMilli, pods, requestMilli) / amount;
  return { replicas: replicasInDoubt(ratio, settled, pods, given), seen };
}

/** Whether no pod has to be guessed about. */
function isWithoutDoubt(ratio: number, { unready, missing }: PodCounts): boolean {
  return missing === 0 && (unready === 0 || ratio <= 1);
}

function replicasAt(ratio: number, ready: number, { observation, tolerance }: Circumstances): number {
  return isWithin(tolerance, ratio) ? observation.replicas : toInt32(Math.ceil(ratio * ready));
}

/** What is guessed may change how far the count goes, and never in which direction. */
function replicasInDoubt(
  ratio: number,
  settled: number,
  pods: number,
  { observation, tolerance }: Circumstances,
): number {
  const current = observation.replicas;
  const turns = (ratio < 1 && settled > 1) || (ratio > 1 && settled < 1);
  if (isWithin(tolerance, settled) || turns) return current;
  const replicas = toInt32(Math.ceil(settled * pods));
  const contradicts = (settled < 1 && replicas > current) || (settled > 1 && replicas < current);
  return contradicts ? current : replicas;
}

/** How the samples of pods become one number to compare with the target. */
interface Measure {
  usage(totalMilli: number, pods: number, requestMilli: number): number;
  /** What a pod without a sample counts as on the way down. */
  missingMilli(target: number, requestMilli: number): number;
}

const AVERAGE: Measure = {
  usage: (totalMilli, pods) => Math.trunc(totalMilli / pods),
  missingMilli: (target) => target,
};

const UTILIZATION: Measure = {
  usage: (totalMilli, pods, requestMilli) => toInt32((totalMilli * 100) / (requestMilli * pods)),
  missingMilli: (target, requestMilli) => Math.trunc((requestMilli * Math.max(100, target)) / 100),
};
