import { Duration } from 'cdk8s';
import { Replicas, ScalingStrategy } from 'cdk8s-plus-27';
import type { Figure } from '../plan/figure';

/** How fast an autoscaler moves. */
type PaceFigures = Readonly<
  Record<
    | 'scaleUpPercent'
    | 'scaleUpPods'
    | 'scaleUpPeriod'
    | 'scaleDownWindow'
    | 'scaleDownPercent'
    | 'scaleDownPeriod',
    Figure
  >
>;

/** All of it is said: what is left out, cdk8s-plus fills with `Pods: minReplicas per 300 s` and `Percent: 200`. */
export function autoscalerBehavior(figures: PaceFigures) {
  const up = Duration.seconds(figures.scaleUpPeriod.value);
  const down = Duration.seconds(figures.scaleDownPeriod.value);
  return {
    scaleUp: {
      strategy: ScalingStrategy.MAX_CHANGE,
      stabilizationWindow: Duration.seconds(0),
      policies: [
        { replicas: Replicas.percent(figures.scaleUpPercent.value), duration: up },
        { replicas: Replicas.absolute(figures.scaleUpPods.value), duration: up },
      ],
    },
    scaleDown: {
      strategy: ScalingStrategy.MAX_CHANGE,
      stabilizationWindow: Duration.seconds(figures.scaleDownWindow.value),
      policies: [{ replicas: Replicas.percent(figures.scaleDownPercent.value), duration: down }],
    },
  };
}
