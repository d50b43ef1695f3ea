import { computeReplicas } from './compute-replicas';
import type { Decision, Observation } from './observation';
import { type Limited, limitByRules, limitWithoutRules } from './rate-limits';
import { ScaleEvents } from './scale-events';
import { type AutoscalerSettings, DEFAULT_SETTINGS, type SettledSettings } from './settings';
import type { AutoscalerSpec } from './spec';
import { Recommendations } from './stabilization';
import { type Tolerance, toleranceOf } from './tolerance';

/**
 * The HorizontalPodAutoscaler controller of Kubernetes 1.37 for one autoscaler, as it decides when it looks. It holds
 * what the controller remembers between two looks. The source that it follows is `reconcileAutoscaler` of
 * k8s.io/kubernetes/pkg/controller/podautoscaler, v1.37.1.
 *
 * One look costs the same however long it has run.
 */
export class Autoscaler {
  private readonly settings: SettledSettings;
  private readonly tolerance: Tolerance;
  private readonly recommendations = new Recommendations();
  private readonly events = new ScaleEvents();
  private able = '';
  private limited = '';
  private active = '';
  private zero = '';
  private statusDesired = 0;

  /**
   * @param spec what {@link readAutoscaler} made of a document
   * @param settings of kube-controller-manager
   */
  constructor(
    /** What it was told, with the defaults of the API server. */
    readonly spec: AutoscalerSpec,
    settings: AutoscalerSettings = {},
  ) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    this.tolerance = toleranceOf(spec, this.settings);
  }

  /** What the controller does about what it sees. Looks have to come in the order of their time. */
  sync(observation: Observation): Decision {
    const { nowMillis, replicas: current } = observation;
    this.able = 'T:SucceededGetScale';
    this.recommendations.begin(nowMillis, current);
    if (current === 0 && !this.mayLeaveZero()) {
      this.active = 'F:ScalingDisabled';
      return this.conclude(current, current, {});
    }
    const { minReplicas, maxReplicas } = this.spec;
    const bound = Math.min(Math.max(current, minReplicas), maxReplicas);
    if (current !== 0 && bound !== current) return this.rescale(nowMillis, current, bound, {});
    return this.syncByMetrics(observation);
  }

  private syncByMetrics(observation: Observation): Decision {
    const { nowMillis, replicas: current } = observation;
    const { settings, tolerance } = this;
    const computed = computeReplicas(this.spec.metrics, { observation, settings, tolerance });
    this.active = computed.active;
    const { replicas: raw, failed, seen } = computed;
    if (raw === undefined)
      return this.conclude(current, current, { failed, seen, status: this.statusDesired });
    const desired = this.atLeastOutOfZero(current, this.normalize(nowMillis, current, Math.max(raw, 0)));
    const about = { raw, failed, seen };
    return desired === current
      ? this.conclude(current, desired, about)
      : this.rescale(nowMillis, current, desired, about);
  }

  /** Windows first, then bounds and rates. */
  private normalize(nowMillis: number, current: number, raw: number): number {
    const stabilized = this.stabilize(nowMillis, current, raw);
    const direction = this.spec.behavior !== undefined && raw >= current ? 'Up' : 'Down';
    this.able = stabilized === raw ? 'T:ReadyForNewScale' : `T:Scale${direction}Stabilized`;
    const { desired, reason } = this.limit(nowMillis, current, stabilized);
    this.limited = `${desired === stabilized ? 'F' : 'T'}:${reason}`;
    return desired;
  }

  private stabilize(nowMillis: number, current: number, raw: number): number {
    const { behavior } = this.spec;
    const { downscaleWindowSeconds } = this.settings;
    if (behavior === undefined) {
      return this.recommendations.stabilizeWithoutRules(nowMillis, raw, downscaleWindowSeconds);
    }
    const up = behavior.scaleUp.windowSeconds ?? 0;
    const down = behavior.scaleDown.windowSeconds ?? Math.trunc(downscaleWindowSeconds);
    return this.recommendations.stabilizeByRules(nowMillis, current, raw, up, down);
  }

  private limit(nowMillis: number, current: number, stabilized: number): Limited {
    const { behavior, minReplicas: min, maxReplicas: max } = this.spec;
    if (behavior === undefined) return limitWithoutRules(current, stabilized, min, max);
    return limitByRules(stabilized, { nowMillis, current, min, max, events: this.events, ...behavior });
  }

  /** Only a target that this autoscaler itself brought to zero leaves it, and by metrics that exist without pods. */
  private mayLeaveZero(): boolean {
    return this.isScaledToZero() && (this.spec.minReplicas !== 0 || this.hasMetricWithoutPods());
  }

  private isScaledToZero(): boolean {
    return this.settings.scaleToZero && this.zero.startsWith('T');
  }

  private hasMetricWithoutPods(): boolean {
    return this.spec.metrics.some(({ source }) => source === 'External' || source === 'Object');
  }

  private atLeastOutOfZero(current: number, desired: number): number {
    return current === 0 ? Math.max(desired, this.spec.minReplicas) : desired;
  }

  private rescale(nowMillis: number, current: number, desired: number, about: About): Decision {
    const { behavior } = this.spec;
    this.able = 'T:SucceededRescale';
    if (behavior !== undefined) {
      this.events.store(nowMillis, current, desired, behavior.scaleUp, behavior.scaleDown);
    }
    const isToZero = desired === 0 && this.spec.minReplicas === 0 && this.hasMetricWithoutPods();
    if (this.settings.scaleToZero) this.zero = isToZero ? 'T:ScaledToZero' : 'F:NotScaledToZero';
    return this.conclude(current, desired, about);
  }

  private conclude(current: number, desired: number, about: About): Decision {
    const { able, limited, active, zero } = this;
    const { raw, failed = false, seen = [], status = desired } = about;
    this.statusDesired = status;
    return { desired, raw, failed, status: [current, status], seen, able, limited, active, zero };
  }
}

/** What a sync found out about the metrics. */
interface About {
  readonly raw?: number;
  readonly failed?: boolean;
  readonly seen?: readonly (number | null)[];
  /** `status.desiredReplicas`, where it is not what was decided. */
  readonly status?: number;
}
