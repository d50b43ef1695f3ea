import { HorizontalPodAutoscaler, type IScalable, LabelSelector, Metric, MetricTarget } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Figures } from '../plan/figures';
import { refine } from '../refine';
import type { AutoscalingV2 } from '../schema/zz_kubernetes.gen';
import { refinementsOf } from '../typed-refinement';
import { autoscalerBehavior } from '../workload/autoscaler-behavior';
import { milliQuantity } from '../workload/quantity';
import { BACKLOG_METRIC, UTILIZATION_METRIC } from './names';

const { set } = refinementsOf<AutoscalingV2.HorizontalPodAutoscaler>();

/** What the autoscaler of pods that run tasks is made from. */
export interface AutoscalerInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly target: IScalable;
}

/** A metric that an autoscaler goes by, as an average over the pods. */
export interface AverageMetric {
  /** `pods`: each pod has its own; `external`: it is about all of them. */
  readonly of: 'pods' | 'external';
  readonly name: string;
  readonly average: number;
  /**
   * Labels that tell it from others of its name.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The autoscaler of a worker, with two signals, of which the larger count wins: utilisation alone can never say how
 * far behind a full pool is, since it ends at 1; backlog alone says nothing while nothing waits.
 */
export function workerAutoscaler(scope: Construct, input: AutoscalerInput): HorizontalPodAutoscaler {
  const { name, figures } = input;
  return metricAutoscaler(scope, input, [
    { of: 'pods', name: UTILIZATION_METRIC, average: figures.targetUtilization.value },
    {
      of: 'external',
      name: BACKLOG_METRIC,
      average: figures.backlogPerReplica.value,
      labels: { worker: name },
    },
  ]);
}

/** An autoscaler with the bounds and the behaviour of a plan. Metrics keep their order: another one is another document to GitOps. */
export function metricAutoscaler(
  scope: Construct,
  { name, labels, figures, target }: AutoscalerInput,
  metrics: readonly AverageMetric[],
): HorizontalPodAutoscaler {
  const autoscaler = new HorizontalPodAutoscaler(scope, 'Autoscaler', {
    metadata: { name, labels },
    target,
    minReplicas: figures.minReplicas.value,
    maxReplicas: figures.maxReplicas.value,
    metrics: metrics.map(metricOf),
    ...autoscalerBehavior(figures),
  });
  // As the API server stores them; cdk8s-plus writes floating-point numbers.
  for (const [index, { of, average }] of metrics.entries()) {
    refine(autoscaler, set(`/spec/metrics/${index}/${of}/target/averageValue`, milliQuantity(average)));
  }
  return autoscaler;
}

function metricOf({ of, name, average, labels }: AverageMetric): Metric {
  const options = {
    name,
    target: MetricTarget.averageValue(average),
    ...(labels !== undefined && { labelSelector: LabelSelector.of({ labels: { ...labels } }) }),
  };
  return of === 'pods' ? Metric.pods(options) : Metric.external(options);
}
