import { type Deployment, HorizontalPodAutoscaler, LabelSelector, Metric, MetricTarget } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Figures } from '../plan/figures';
import { refine } from '../refine';
import type { AutoscalingV2 } from '../schema/zz_kubernetes.gen';
import { refinementsOf } from '../typed-refinement';
import { autoscalerBehavior } from '../workload/autoscaler-behavior';
import { milliQuantity } from '../workload/quantity';
import { BACKLOG_METRIC, UTILIZATION_METRIC } from './names';

const { set } = refinementsOf<AutoscalingV2.HorizontalPodAutoscaler>();

/** What a worker's autoscaler is made from. */
export interface AutoscalerInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly target: Deployment;
}

/**
 * The autoscaler of a worker, with two signals, of which the larger count wins: utilisation alone can never say how
 * far behind a full pool is, since it ends at 1; backlog alone says nothing while nothing waits. Their order is fixed,
 * since a list in another order is another document to GitOps.
 */
export function workerAutoscaler(scope: Construct, input: AutoscalerInput): HorizontalPodAutoscaler {
  const { name, labels, figures, target } = input;
  const utilization = figures.targetUtilization.value;
  const backlog = figures.backlogPerReplica.value;
  const autoscaler = new HorizontalPodAutoscaler(scope, 'Autoscaler', {
    metadata: { name, labels },
    target,
    minReplicas: figures.minReplicas.value,
    maxReplicas: figures.maxReplicas.value,
    metrics: [
      Metric.pods({ name: UTILIZATION_METRIC, target: MetricTarget.averageValue(utilization) }),
      Metric.external({
        name: BACKLOG_METRIC,
        target: MetricTarget.averageValue(backlog),
        labelSelector: LabelSelector.of({ labels: { worker: name } }),
      }),
    ],
    ...autoscalerBehavior(figures),
  });
  // As the API server stores them; cdk8s-plus writes floating-point numbers.
  refine(
    autoscaler,
    set('/spec/metrics/0/pods/target/averageValue', milliQuantity(utilization)),
    set('/spec/metrics/1/external/target/averageValue', milliQuantity(backlog)),
  );
  return autoscaler;
}
