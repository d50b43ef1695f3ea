import { type Deployment, HorizontalPodAutoscaler, Metric, MetricTarget } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ServiceFigures } from '../plan/service/figures';
import { refine, set } from '../refine';
import { autoscalerBehavior } from '../workload/autoscaler-behavior';
import { milliQuantity } from '../workload/quantity';
import { REQUEST_RATE_METRIC, UTILIZATION_METRIC } from './names';

/** What a service's autoscaler is made from. */
export interface ServiceAutoscalerInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: ServiceFigures;
  readonly target: Deployment;
}

/**
 * The autoscaler of a service, with one signal. A service has no backlog: who finds no place in the waiting room is
 * refused, so that nothing but the pods themselves says how far behind they are.
 */
export function serviceAutoscaler(scope: Construct, input: ServiceAutoscalerInput): HorizontalPodAutoscaler {
  const { name, labels, figures, target } = input;
  const common = {
    metadata: { name, labels },
    target,
    minReplicas: figures.minReplicas.value,
    maxReplicas: figures.maxReplicas.value,
    ...autoscalerBehavior(figures),
  };
  const percent = figures.targetCpuUtilization?.value;
  if (percent !== undefined) {
    const metrics = [Metric.resourceCpu(MetricTarget.averageUtilization(percent))];
    return new HorizontalPodAutoscaler(scope, 'Autoscaler', { ...common, metrics });
  }
  const rate = figures.targetRequestRate?.value;
  const value = rate ?? figures.targetUtilization.value;
  const metric = rate === undefined ? UTILIZATION_METRIC : REQUEST_RATE_METRIC;
  const metrics = [Metric.pods({ name: metric, target: MetricTarget.averageValue(value) })];
  const autoscaler = new HorizontalPodAutoscaler(scope, 'Autoscaler', { ...common, metrics });
  // As the API server stores it; cdk8s-plus writes a floating-point number.
  refine(autoscaler, set('/spec/metrics/0/pods/target/averageValue', milliQuantity(value)));
  return autoscaler;
}
