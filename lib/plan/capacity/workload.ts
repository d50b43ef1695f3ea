import { factsOf } from './kind';
import type { CapacityNode } from './node';
import type { CapacityPod, PodTemplate } from './pod';

/** Pods of one template, and how many there are at most. */
export interface CapacityWorkload {
  /** What the pods have in common. */
  readonly template: PodTemplate;
  /** Most pods at the same time; `'each-node'`: one on each node that it may run on, as a DaemonSet has them. */
  readonly pods: number | 'each-node';
  /**
   * Pods that a rolling update adds. They come when everything else runs.
   * @default 0
   */
  readonly surge?: number;
  /**
   * What those have in common.
   * @default template
   */
  readonly surgeTemplate?: PodTemplate;
}

/** The pods of a workload on these nodes: those that stay in round 0, those of a rolling update in round 1. */
export function podsOf(workload: CapacityWorkload, nodes: readonly CapacityNode[]): CapacityPod[] {
  const { template, pods, surge = 0, surgeTemplate = template } = workload;
  const name = template.workload;
  const steady =
    pods === 'each-node'
      ? nodes.flatMap((node) => daemonPod(template, node) ?? [])
      : Array.from({ length: pods }, (_, index) => ({ name: `${name} ${index + 1}`, template }));
  const added = Array.from({ length: surge }, (_, index) => ({
    name: `${name} +${index + 1}`,
    template: surgeTemplate,
    round: 1,
  }));
  return [...steady, ...added];
}

/** The pod that a DaemonSet has on a node; `undefined` when it may not run there. */
export function daemonPod(template: PodTemplate, node: CapacityNode): CapacityPod | undefined {
  const { isTolerated, isWanted } = factsOf(template, node);
  if (!isTolerated || !isWanted) return undefined;
  return { name: `${template.workload} on ${node.name}`, template, node: node.name };
}
