import { Autoscaler } from '../autoscaler/autoscaler';
import type { Decision } from '../autoscaler/observation';
import type { AutoscalerSettings } from '../autoscaler/settings';
import type { AutoscalerSpec } from '../autoscaler/spec';
import type { Fleet } from './fleet';
import type { PodProfile } from './pod-profile';
import { type MetricMeaning, observe, type Snapshot } from './signals';

/** What a scaler looks at. */
export interface View {
  readonly now: number;
  readonly fleet: Fleet;
  /** What Prometheus knew a while ago; `undefined` before its first look. */
  readonly snapshot: Snapshot | undefined;
  /** What a broker says now. */
  readonly live: Snapshot;
}

/** Whatever changes the number of pods. */
export interface Scaler {
  /** When it looks next, in seconds. */
  readonly next: number;
  /** Looks, and changes the number of pods. */
  look(view: View): void;
  /** Its last decision, where it is an autoscaler. */
  readonly decision: Decision | undefined;
  /** Most pods. */
  readonly most: number;
}

/** What a {@link HpaScaler} is made from. */
export interface HpaInput {
  readonly spec: AutoscalerSpec;
  readonly metrics: readonly MetricMeaning[];
  readonly profile: PodProfile;
  readonly cpuRequestMilli: number;
  readonly syncSeconds: number;
  readonly phaseSeconds: number;
  readonly latencySeconds: number;
  readonly controller: AutoscalerSettings;
}

/** The HorizontalPodAutoscaler controller. */
export class HpaScaler implements Scaler {
  next: number;
  decision: Decision | undefined;
  readonly most: number;
  private readonly autoscaler: Autoscaler;

  constructor(private readonly of: HpaInput) {
    this.next = of.phaseSeconds + of.latencySeconds;
    this.most = of.spec.maxReplicas;
    this.autoscaler = new Autoscaler(of.spec, of.controller);
  }

  look({ now, fleet, snapshot }: View): void {
    const { metrics, profile, cpuRequestMilli, syncSeconds, latencySeconds } = this.of;
    const seen = observe(now, fleet, profile, metrics, snapshot, cpuRequestMilli);
    this.decision = this.autoscaler.sync(seen);
    if (this.decision.desired !== fleet.replicas) fleet.scale(now, this.decision.desired);
    this.next = now + syncSeconds + latencySeconds;
  }
}

/** What KEDA adds to the autoscaler that it makes. */
export interface Activation {
  readonly pollingSeconds: number;
  readonly cooldownSeconds: number;
  /** What each trigger counts, and above which value it is active. */
  readonly triggers: readonly ActivationTrigger[];
}

/** What makes KEDA bring the first pod, and keep the last one. */
export interface ActivationTrigger {
  readonly meaning: MetricMeaning;
  readonly above: number;
  /** Whether it asks Prometheus, which knows what it saw at its last look; others ask the broker itself. */
  readonly asksPrometheus: boolean;
}

/** KEDA with `minReplicaCount: 0`: it takes the last pod away and brings the first one; between them its autoscaler rules. */
export class KedaScaler implements Scaler {
  private poll: number;
  private lastActive = 0;

  /** @param phaseSeconds when it looks first; a longer one than its period counts without whole periods */
  constructor(
    private readonly hpa: HpaScaler,
    private readonly of: Activation,
    phaseSeconds: number,
  ) {
    this.poll = of.pollingSeconds > 0 ? phaseSeconds % of.pollingSeconds : 0;
  }

  get next(): number {
    return Math.min(this.poll, this.hpa.next);
  }

  get decision(): Decision | undefined {
    return this.hpa.decision;
  }

  get most(): number {
    return this.hpa.most;
  }

  look(view: View): void {
    const { now } = view;
    if (this.hpa.next <= now) this.hpa.look(view);
    if (this.poll > now) return;
    this.poll = now + this.of.pollingSeconds;
    this.activate(view);
  }

  private activate({ now, fleet, live, snapshot }: View): void {
    const isActive = this.of.triggers.some(({ meaning, above, asksPrometheus }) => {
      const seen = asksPrometheus ? snapshot : live;
      return seen !== undefined && amountOf(meaning, seen) > above;
    });
    if (isActive) {
      this.lastActive = now;
      if (fleet.replicas === 0) fleet.scale(now, 1);
    } else if (fleet.replicas > 0 && now > this.lastActive + this.of.cooldownSeconds) {
      fleet.scale(now, 0);
    }
  }
}

/** Below this much an average counts as nothing: chance decides whether there is a task at all. */
const NOTHING = 0.05;

function amountOf(meaning: MetricMeaning, { waiting, tasks, utilization, readyPods }: Snapshot): number {
  if (meaning === 'backlog') return waiting < NOTHING ? 0 : waiting;
  if (meaning === 'unsettled') return tasks < NOTHING ? 0 : tasks;
  const share = utilization * readyPods;
  return share < NOTHING ? 0 : share;
}

/** What a CronJob says. */
export interface CronInput {
  /** Starts in seconds, ascending. */
  readonly starts: readonly number[];
  readonly parallelism: number;
  readonly deadlineSeconds: number;
  readonly overlap: 'Allow' | 'Forbid' | 'Replace';
}

/** How often a job's pods ask whether anything is left to do. */
const DONE_SECONDS = 5;

/** With fewer tasks on average there are often enough none at all, and then the job ends. */
const FEW = 1;

/** A CronJob whose pods work on what waits, and end when nothing is left. */
export class CronScaler implements Scaler {
  readonly decision = undefined;
  readonly most: number;
  private nextStart = 0;
  private endsAt = Number.NEGATIVE_INFINITY;
  private isRunning = false;
  private check = Number.POSITIVE_INFINITY;

  constructor(private readonly of: CronInput) {
    this.most = of.parallelism;
  }

  get next(): number {
    return Math.min(this.of.starts[this.nextStart] ?? Number.POSITIVE_INFINITY, this.check);
  }

  look({ now, fleet, live }: View): void {
    const isDone = live.tasks < FEW && fleet.ready === fleet.listed;
    if (this.isRunning && (isDone || now >= this.endsAt)) {
      fleet.complete(now);
      this.isRunning = false;
    }
    while ((this.of.starts[this.nextStart] ?? Number.POSITIVE_INFINITY) <= now) {
      this.nextStart++;
      this.begin(now, fleet);
    }
    this.check = this.isRunning ? now + DONE_SECONDS : Number.POSITIVE_INFINITY;
  }

  /** A job that overlaps with the one before works on the same tasks: one of them is simulated. */
  private begin(now: number, fleet: Fleet): void {
    if (this.isRunning && this.of.overlap === 'Forbid') return;
    if (this.isRunning && this.of.overlap === 'Replace') fleet.complete(now);
    this.isRunning = true;
    this.endsAt = now + this.of.deadlineSeconds;
    fleet.scale(now, this.of.parallelism);
  }
}
