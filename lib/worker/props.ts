import type { Duration } from 'cdk8s';
import type { SourcedProps } from './task-pod-props';

/** Properties of a `Worker`. */
export interface WorkerProps extends SourcedProps {
  /** Bounds and speed of the autoscaler. */
  readonly scale: WorkerScale;
  /**
   * Rolling update.
   * @default no pod goes before a new one is ready, see its parts
   */
  readonly rollout?: WorkerRollout;
}

/** Bounds and speed of the autoscaler, and who it is. */
export type WorkerScale = HpaScale | KedaScale;

/** Bounds and speed of an autoscaler. */
export interface ScaleBounds {
  /**
   * Fewest pods. 0 needs a broker as the source, and KEDA or clusters whose own autoscaler scales to zero
   * (Kubernetes 1.37).
   */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** A backlog is worked off within this time, once the pods are there. */
  readonly drainWithin: Duration;
  /**
   * Busy slots ÷ slots that the autoscaler holds.
   * @default what `wait` asks for; 0.7 without it
   */
  readonly targetUtilization?: number;
  /**
   * How long tasks may wait for a slot under a steady load. The target utilisation is derived from it by queueing
   * theory, and the synth fails where no reasonable one keeps it. Give it or `targetUtilization`.
   * @default no wait is asked for
   */
  readonly wait?: WaitGoal;
}

/** How long tasks may wait for a slot. */
export interface WaitGoal {
  /** 99 of 100 tasks wait no longer. */
  readonly p99: Duration;
}

/** Scaled by Kubernetes' HorizontalPodAutoscaler, with metrics that prometheus-adapter serves. */
export interface HpaScale extends ScaleBounds {
  /**
   * Who scales.
   * @default 'keda' where the environment's `externalMetrics` is 'keda'; else 'hpa'
   */
  readonly by?: 'hpa';
}

/** Scaled by KEDA, which asks the environment's `prometheus` itself; it needs no prometheus-adapter. */
export interface KedaScale extends ScaleBounds {
  /** Who scales. */
  readonly by: 'keda';
  /**
   * PromQL that counts the tasks of the source which nobody has settled, those that are out included; used with
   * `min: 0`, where no pod is left to say it.
   * @default what the usual exporter of the broker says: prometheus-nats-exporter, redis_exporter (with
   * `--check-streams`) or kafka_exporter
   */
  readonly unsettledQuery?: string;
}

/** Rolling update. */
export interface WorkerRollout {
  /**
   * Pods above the wanted count. 0: every old pod has ended before a new one starts.
   * @default a quarter of `scale.max`, rounded up; 0 with a folder source
   */
  readonly maxSurge?: number;
  /**
   * How long a fresh pod has to stay ready before the next old one goes.
   * @default 5 s
   */
  readonly minReady?: Duration;
}
