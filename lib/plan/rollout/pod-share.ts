import { within } from '../fields';

/**
 * A number of pods as Kubernetes takes it (`IntOrString`): a number, or a share such as `25%` of all pods; `undefined` for
 * what is neither.
 *
 * @param round `Math.ceil` for `maxSurge` and both fields of a disruption budget, `Math.floor` for `maxUnavailable` of a
 * rolling update
 */
export function podShare(value: unknown, all: number, round: (share: number) => number): number | undefined {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? undefined : round((Number(percent) * all) / 100);
}

/** What a Deployment has of both where it says nothing. */
const ROLLING_SHARE = '25%';

/** Pods beyond so many, and short of them, that a Deployment allows in a rolling update. */
export function rollingShares(
  deployment: unknown,
  pods: number,
): { readonly surge: number; readonly unavailable: number } {
  const share = (name: string, round: (share: number) => number) =>
    podShare(within(deployment, 'spec', 'strategy', 'rollingUpdate', name) ?? ROLLING_SHARE, pods, round) ??
    0;
  return { surge: share('maxSurge', Math.ceil), unavailable: share('maxUnavailable', Math.floor) };
}

/** The two fields of a PodDisruptionBudget, one of which is there. */
export interface DisruptionLimits {
  readonly maxUnavailable?: unknown;
  readonly minAvailable?: unknown;
}

/** How many of so many pods a disruption budget lets be evicted; `undefined` when it does not say. */
export function evictablePods(
  { maxUnavailable, minAvailable }: DisruptionLimits,
  pods: number,
): number | undefined {
  if (maxUnavailable !== undefined) return podShare(maxUnavailable, pods, Math.ceil);
  const kept = podShare(minAvailable, pods, Math.ceil);
  return kept === undefined ? undefined : pods - kept;
}
