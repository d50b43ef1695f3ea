import { type Refinement, set } from '../refine';
import { workloadSelector } from './labels';

/**
 * Spreads the pods of a workload over zones and nodes; a cluster with too few of them still runs them all.
 *
 * @param pod pointer of the pod's spec in the document
 * @param revisionLabels pod labels that tell revisions apart, so that each is spread by itself
 */
export function spreadRefinement(
  pod: string,
  name: string,
  revisionLabels: readonly string[] = [],
): Refinement {
  return set(`${pod}/topologySpreadConstraints`, [
    spread('topology.kubernetes.io/zone', name, revisionLabels),
    spread('kubernetes.io/hostname', name, revisionLabels),
  ]);
}

function spread(topologyKey: string, name: string, revisionLabels: readonly string[]) {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: workloadSelector(name) },
    ...(revisionLabels.length > 0 && { matchLabelKeys: [...revisionLabels] }),
  };
}
