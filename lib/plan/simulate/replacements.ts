import { numberAt, textAt, within } from '../fields';
import { evictablePods, rollingShares } from '../rollout/pod-share';
import { nameOf, ofKind } from './document';
import type { Playable } from './run-worker';
import type { SimulateSettings } from './settings';

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
  const { surge, unavailable } = rollingShares(workload, pods);
  return {
    surge,
    // As the Deployment controller resolves two that are both 0.
    unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable,
    minReadySeconds: numberAt(workload, 'spec', 'minReadySeconds') ?? 0,
    recreate: textAt(workload, 'spec', 'strategy', 'type') === 'Recreate',
  };
}

/** Each pod that is evicted is made anew elsewhere, so it is a replacement without a surge. */
function drain(documents: readonly unknown[], workload: unknown, pods: number) {
  const { namespace } = nameOf(workload);
  const labels = within(workload, 'spec', 'template', 'metadata', 'labels');
  const budget = ofKind(documents, 'PodDisruptionBudget').find((document) => {
    if (nameOf(document).namespace !== namespace) return false;
    const wanted = within(document, 'spec', 'selector', 'matchLabels');
    if (typeof wanted !== 'object' || wanted === null) return false;
    return Object.entries(wanted).every(([name, value]) => within(labels, name) === value);
  });
  const limits = {
    maxUnavailable: within(budget, 'spec', 'maxUnavailable'),
    minAvailable: within(budget, 'spec', 'minAvailable'),
  };
  const unavailable = Math.max(0, evictablePods(limits, pods) ?? pods);
  return { surge: 0, unavailable, minReadySeconds: 0, recreate: false };
}
