import { Node, NodeTaintQuery, TaintEffect, type Workload } from 'cdk8s-plus-27';
import type { NodeTaint } from '../environment/props';
import { escapeKey } from '../json-pointer';
import { type Refinement, set } from '../refine';
import type { Placement } from './placement';

const EFFECTS: Readonly<Record<NodeTaint['effect'], TaintEffect>> = {
  NoSchedule: TaintEffect.NO_SCHEDULE,
  PreferNoSchedule: TaintEffect.PREFER_NO_SCHEDULE,
  NoExecute: TaintEffect.NO_EXECUTE,
};

/** Lets the pods of a workload onto nodes with taints. `workload.scheduling.tolerate` adds more. */
export function tolerate(workload: Workload, taints: readonly NodeTaint[]): void {
  for (const { key, value, effect } of taints) {
    const options = { effect: EFFECTS[effect] };
    workload.scheduling.tolerate(
      Node.tainted(
        value === undefined ? NodeTaintQuery.exists(key, options) : NodeTaintQuery.is(key, value, options),
      ),
    );
  }
}

/**
 * Where the pods of a workload run, as far as cdk8s-plus-27 has no word for it.
 *
 * @param pod pointer of the pod's spec in the document
 */
export function placementRefinements(pod: string, placement: Placement): Refinement[] {
  const { runtimeClass, priorityClass, nodeLabels } = placement;
  return [
    ...(runtimeClass === undefined ? [] : [set(`${pod}/runtimeClassName`, runtimeClass)]),
    ...(priorityClass === undefined ? [] : [set(`${pod}/priorityClassName`, priorityClass)]),
    ...Object.entries(nodeLabels).map(([label, value]) =>
      set(`${pod}/nodeSelector/${escapeKey(label)}`, value),
    ),
  ];
}
