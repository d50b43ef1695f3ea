import type { PodGroup, PodSamples } from './observation';
import type { SettledSettings } from './settings';

/** Counts of pods as `groupPods` sorts them; terminating and failed ones are in none. */
export interface PodCounts {
  /** Pods whose samples count. */
  readonly ready: number;
  /** The sum of those samples, in thousandths. */
  readonly totalMilli: number;
  /** Pods that wait for a node or their containers, and for CPU those that are not ready to be measured. */
  readonly unready: number;
  /** Running pods without a sample. */
  readonly missing: number;
}

/**
 * Sorts pods by what they say about a metric.
 *
 * @param settings what makes a pod's CPU count; `undefined` for other metrics, which heed no readiness
 */
export function groupPods(
  pods: readonly PodGroup[],
  samples: PodSamples,
  nowMillis: number,
  settings: SettledSettings | undefined,
): PodCounts {
  let ready = 0;
  let totalMilli = 0;
  let unready = 0;
  let missing = 0;
  for (let index = 0; index < pods.length; index += 1) {
    const pod = pods[index];
    if (pod === undefined || pod.terminating || pod.phase === 'Failed') continue;
    const milli = samples.milli[index];
    if (pod.phase === 'Pending') unready += pod.count;
    else if (milli === undefined) missing += pod.count;
    else if (settings !== undefined && !countsForCpu(pod, samples, nowMillis, settings)) unready += pod.count;
    else {
      ready += pod.count;
      totalMilli += milli * pod.count;
    }
  }
  return { ready, totalMilli, unready, missing };
}

/**
 * A young pod counts once a sample covers a whole window since it became ready. An older one counts unless it has
 * never been ready.
 */
function countsForCpu(
  pod: PodGroup,
  { takenMillis, windowMillis = 0 }: PodSamples,
  nowMillis: number,
  settings: SettledSettings,
): boolean {
  const { startMillis, readyChangedMillis, ready } = pod;
  if (startMillis + settings.cpuInitializationSeconds * 1000 > nowMillis) {
    return ready && (takenMillis ?? nowMillis) >= readyChangedMillis + windowMillis;
  }
  return ready || startMillis + settings.initialReadinessDelaySeconds * 1000 <= readyChangedMillis;
}
