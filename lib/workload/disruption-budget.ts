import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { workloadSelector } from './labels';

/** What a PodDisruptionBudget is made from. */
export interface DisruptionBudgetInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that may be evicted at the same time. */
  readonly maxUnavailable: number;
  /**
   * What happens to pods that run and are not ready when more pods are down than may be.
   * @default 'AlwaysAllow': they are evicted
   */
  readonly unhealthyPods?: 'AlwaysAllow' | 'IfHealthyBudget';
}

/**
 * Bounds how many pods of a workload a node drain takes at a time. Unless the workload says otherwise, pods that are
 * not ready may always be evicted: they work on nothing that would not come back, and a workload that crashes over
 * and over must not hold up the drain of a node for ever, as the default policy lets it.
 */
export function disruptionBudget(
  scope: Construct,
  { name, labels, maxUnavailable, unhealthyPods }: DisruptionBudgetInput,
): k8s.KubePodDisruptionBudget {
  return new k8s.KubePodDisruptionBudget(scope, 'DisruptionBudget', {
    metadata: { name, labels: { ...labels } },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(maxUnavailable),
      selector: { matchLabels: workloadSelector(name) },
      unhealthyPodEvictionPolicy: unhealthyPods ?? 'AlwaysAllow',
    },
  });
}
