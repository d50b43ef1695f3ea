import { GO_LEAST_PROCS } from '../sizing/cpu';

/** The CPU of one pod, which its tasks share. */
export interface PodCpu {
  /** Cores of the limit: the control group gets so many CPU seconds per second, in portions of a period. */
  readonly cores: number;
  /**
   * Processors that run its threads at the same time: GOMAXPROCS, at most those of the node.
   * @default 2, or the cores rounded up: what the Go runtime takes
   */
  readonly processors?: number;
  /**
   * Length of a period of the scheduler: whoever has used up the quota, cores × period, is stopped until its end.
   * @default 0.1, as Kubernetes sets it
   */
  readonly periodSeconds?: number;
}

const PERIOD_SECONDS = 0.1;

/** A quota of CPU time that is filled up every period, as the kernel keeps it (CFS bandwidth control). */
export class CpuQuota {
  private readonly portion: number;
  private readonly processors: number;
  private readonly period: number;
  private left: number;
  /** End of the period in seconds. */
  private end: number;

  constructor({ cores, processors, periodSeconds = PERIOD_SECONDS }: PodCpu) {
    this.processors = processors ?? Math.max(GO_LEAST_PROCS, Math.ceil(cores));
    this.period = periodSeconds;
    this.portion = cores < this.processors ? cores * periodSeconds : Number.POSITIVE_INFINITY;
    this.left = this.portion;
    this.end = periodSeconds;
  }

  /** Whether anything can run at all before the period ends. */
  get isOpen(): boolean {
    return this.left > 0;
  }

  /** Time at which the quota is full again; infinite without one. */
  get refill(): number {
    return Number.isFinite(this.portion) ? this.end : Number.POSITIVE_INFINITY;
  }

  /** Processors that so many computing tasks keep busy. */
  busy(tasks: number): number {
    return this.isOpen ? Math.min(this.processors, tasks) : 0;
  }

  /** CPU seconds that each of so many computing tasks gets in a second. */
  speed(tasks: number): number {
    return tasks === 0 ? 0 : this.busy(tasks) / tasks;
  }

  /** Time at which so many computing tasks have used the quota up. */
  exhaustion(now: number, tasks: number): number {
    const busy = this.busy(tasks);
    return busy === 0 ? Number.POSITIVE_INFINITY : now + this.left / busy;
  }

  /** Time passes while so many tasks compute. */
  pass(from: number, to: number, tasks: number, isExhausted: boolean): void {
    this.left = isExhausted ? 0 : Math.max(0, this.left - this.busy(tasks) * (to - from));
    if (to < this.end) return;
    this.left = this.portion;
    this.end = this.period * (Math.floor(to / this.period + 1e-9) + 1);
  }
}
