/** Flags and feature gates of kube-controller-manager that its autoscaler heeds. */
export interface AutoscalerSettings {
  /**
   * `--horizontal-pod-autoscaler-tolerance`.
   *
   * @default 0.1
   */
  readonly tolerance?: number;
  /**
   * `--horizontal-pod-autoscaler-downscale-stabilization`.
   *
   * @default 300
   */
  readonly downscaleWindowSeconds?: number;
  /**
   * `--horizontal-pod-autoscaler-cpu-initialization-period`.
   *
   * @default 300
   */
  readonly cpuInitializationSeconds?: number;
  /**
   * `--horizontal-pod-autoscaler-initial-readiness-delay`.
   *
   * @default 30
   */
  readonly initialReadinessDelaySeconds?: number;
  /**
   * Feature gate HPAScaleToZero, which is on since Kubernetes 1.37.
   *
   * @default true
   */
  readonly scaleToZero?: boolean;
  /**
   * Feature gate HPAConfigurableTolerance, which is on since Kubernetes 1.35.
   *
   * @default true
   */
  readonly configurableTolerance?: boolean;
}

/** {@link AutoscalerSettings} with their defaults in place. */
export type SettledSettings = Readonly<Required<AutoscalerSettings>>;

/** The settings of kube-controller-manager 1.37 where nobody changed them. */
export const DEFAULT_SETTINGS: SettledSettings = {
  tolerance: 0.1,
  downscaleWindowSeconds: 300,
  cpuInitializationSeconds: 300,
  initialReadinessDelaySeconds: 30,
  scaleToZero: true,
  configurableTolerance: true,
};
