/** Where a metric comes from, by the name that autoscaling/v2 gives it. */
export type MetricSource = 'Pods' | 'External' | 'Object' | 'Resource' | 'ContainerResource';

/** What the controller compares a metric with. */
export interface MetricTarget {
  /**
   * `Value` compares the metric itself, `AverageValue` its share for each pod, `Utilization` the share of what the pods
   * request.
   */
  readonly type: 'Value' | 'AverageValue' | 'Utilization';
  /** Thousandths of the metric's unit; whole percent for `Utilization`. */
  readonly amount: number;
}

/** One metric of an autoscaler. */
export interface MetricSpec {
  /** Where it comes from. */
  readonly source: MetricSource;
  /** Of the metric, or of the resource (`cpu`, `memory`). */
  readonly name: string;
  /** What it is compared with. */
  readonly target: MetricTarget;
  /**
   * Of a ContainerResource.
   *
   * @default all containers of the pod
   */
  readonly container?: string;
}

/** How far the count may change within a period. */
export interface ScalingPolicy {
  /** What {@link value} counts. */
  readonly type: 'Pods' | 'Percent';
  /** Pods, or percent of the pods at the start of the period. */
  readonly value: number;
  /** Length of the period, from 1 to 1800. */
  readonly periodSeconds: number;
}

/** How the count changes in one direction. */
export interface ScalingRules {
  /**
   * Recommendations of this many seconds hold back a change.
   *
   * @default the window of the controller's settings, which only scale-in may leave out
   */
  readonly windowSeconds?: number;
  /** Which policy wins: that of the greatest change, that of the smallest, or no change at all. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  /** One or more. */
  readonly policies: readonly ScalingPolicy[];
  /**
   * Share of the target by which a metric may be off it without a change.
   *
   * @default the tolerance of the controller's settings
   */
  readonly tolerance?: number;
}

/** A HorizontalPodAutoscaler of autoscaling/v2, with the API server's defaults in place. */
export interface AutoscalerSpec {
  /** Empty where it has none. */
  readonly name: string;
  /** What it scales. */
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** The fewest pods, 0 or more. */
  readonly minReplicas: number;
  /** The most pods. */
  readonly maxReplicas: number;
  /** What it measures, one or more. */
  readonly metrics: readonly MetricSpec[];
  /**
   * Rules of both directions.
   *
   * @default none: the controller then follows an older algorithm, which is not that of empty rules
   */
  readonly behavior?: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
}
