import { evictablePods, podShare } from '../rollout/pod-share';
import { at, nameOf, numberAt, ofKind, textAt } from './document';
import type { Playable } from './run-worker';
import type { SimulateSettings } from './settings';

/** What a Deployment does by default. */
const DEFAULT_SHARE = '25%';

/** When pods are replaced, and how: rolling updates as the workload says, drains of nodes as its disruption budget lets them. */
export function replacementsOf(
  documents: readonly unknown[],
  workload: unknown,
  pods: number,
  settings: SimulateSettings,
): Playable['replacements'] {
  const rollouts = (settings.rolloutsAt ?? []).map((atSeconds) => ({
    atSeconds,
    how: rollout(workload, pods),
  }));
  const drains = (settings.nodeDrainsAt ?? []).map((atSeconds) => ({
    atSeconds,
    how: drain(documents, workload, pods),
  }));
  return [...rollouts, ...drains].sort((a, b) => a.atSeconds - b.atSeconds);
}

function rollout(workload: unknown, pods: number) {
  const strategy = at(workload, 'spec', 'strategy');
  const rolling = at(strategy, 'rollingUpdate');
  const surge = podShare(at(rolling, 'maxSurge') ?? DEFAULT_SHARE, pods, Math.ceil) ?? 0;
  const unavailable = podShare(at(rolling, 'maxUnavailable') ?? DEFAULT_SHARE, pods, Math.floor) ?? 0;
  return {
    surge,
    // As the Deployment controller resolves two that are both 0.
    unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable,
    minReadySeconds: numberAt(workload, 'spec', 'minReadySeconds') ?? 0,
    recreate: textAt(strategy, 'type') === 'Recreate',
  };
}

/** Each pod that is evicted is made anew elsewhere, so it is a replacement without a surge. */
function drain(documents: readonly unknown[], workload: unknown, pods: number) {
  const { namespace } = nameOf(workload);
  const labels = at(workload, 'spec', 'template', 'metadata', 'labels');
  const budget = ofKind(documents, 'PodDisruptionBudget').find((document) => {
    if (nameOf(document).namespace !== namespace) return false;
    const wanted = at(document, 'spec', 'selector', 'matchLabels');
    if (typeof wanted !== 'object' || wanted === null) return false;
    return Object.entries(wanted).every(([name, value]) => at(labels, name) === value);
  });
  const limits = {
    maxUnavailable: at(budget, 'spec', 'maxUnavailable'),
    minAvailable: at(budget, 'spec', 'minAvailable'),
  };
  const unavailable = Math.max(0, evictablePods(limits, pods) ?? pods);
  return { surge: 0, unavailable, minReadySeconds: 0, recreate: false };
}
