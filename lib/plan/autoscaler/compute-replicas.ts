import { type Circumstances, propose } from './proposals';
import type { MetricSource, MetricSpec } from './spec';

/** What all metrics together ask for (`computeReplicasForMetrics`). */
export interface Computed {
  /** The highest proposal; `undefined` when the sync has to end with an error. */
  readonly replicas: number | undefined;
  /** The condition ScalingActive. */
  readonly active: string;
  readonly seen: readonly (number | null)[];
  /** Whether a metric failed. */
  readonly failed: boolean;
}

const FAILURES: Readonly<Record<MetricSource, string>> = {
  Pods: 'FailedGetPodsMetric',
  External: 'FailedGetExternalMetric',
  Object: 'FailedGetObjectMetric',
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
};

/**
 * The highest count that any metric asks for. Where one fails, a count below the current one is not trusted and nothing
 * is done.
 */
export function computeReplicas(metrics: readonly MetricSpec[], given: Circumstances): Computed {
  const { readings, replicas: current } = given.observation;
  let replicas = 0;
  let failures = 0;
  let failure = '';
  const seen = metrics.map((metric, index) => {
    const proposal = propose(metric, readings[index] ?? 'failed', given);
    if (proposal === undefined) {
      failures += 1;
      failure ||= FAILURES[metric.source];
      return null;
    }
    if (replicas === 0 || proposal.replicas > replicas) replicas = proposal.replicas;
    return proposal.seen;
  });
  const failed = failures > 0;
  if (failures === metrics.length || (failed && replicas < current)) {
    return { replicas: undefined, active: `F:${failure}`, seen, failed };
  }
  return { replicas, active: 'T:ValidMetricFound', seen, failed };
}
