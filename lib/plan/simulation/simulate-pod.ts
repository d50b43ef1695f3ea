import { CpuQuota, type PodCpu } from './pod-cpu';
import { WaitStatistics } from './statistics';

/** A task of {@link simulatePod}: it waits for others first (network, disk), and computes then. */
export interface PodTask {
  /** When it arrives, in seconds. */
  readonly atSeconds: number;
  /** Seconds in its slot in which it uses no CPU. */
  readonly waitingSeconds: number;
  /** CPU seconds that it takes. */
  readonly cpuSeconds: number;
}

/** One pod, and the tasks that come to it. */
export interface PodScenario {
  /** In the order in which they arrive. */
  readonly tasks: readonly PodTask[];
  /** Tasks that run at the same time. */
  readonly slots: number;
  /** What they share. */
  readonly cpu: PodCpu;
  /**
   * When it is told to end, in seconds: what runs is finished, nothing more is started.
   * @default never
   */
  readonly stopSeconds?: number;
}

/** What a simulation of one pod found. */
export interface PodOutcome {
  /** Tasks that were done. */
  readonly tasks: number;
  /** Seconds until the last of them had ended. */
  readonly seconds: number;
  /** Waits from arrival to the start in a slot, of all tasks that started. */
  readonly waits: WaitStatistics;
  /** Most slots that were busy at the same time. */
  readonly mostBusySlots: number;
  /** Seconds from when it was told to end to the end of its last task; 0 when it was not. */
  readonly drainSeconds: number;
}

/**
 * Simulates one pod whose tasks share its CPU: each has a processor for itself while there is one, else its share of them
 * (limited processor sharing), and all stand still while the quota of a period is used up. A task that comes then starts
 * when the next period begins.
 *
 * Where tasks are given one by one, with the arrivals and sizes of a real run, it plays that run: no chance is left in it.
 */
export function simulatePod(scenario: PodScenario): PodOutcome {
  const run = new PodPlay(scenario);
  while (run.step());
  const { ended, mostBusy, done } = run;
  return {
    tasks: done,
    seconds: ended,
    waits: new WaitStatistics(Float64Array.from(run.waits)),
    mostBusySlots: mostBusy,
    drainSeconds: Math.max(0, ended - Math.min(ended, scenario.stopSeconds ?? ended)),
  };
}

/** A task that computes. */
interface Computing {
  /** CPU seconds that are left. */
  left: number;
}

/** CPU seconds that are none: the rounding of sums of times. */
const NOTHING = 1e-12;

class PodPlay {
  readonly waits: number[] = [];
  ended = 0;
  done = 0;
  mostBusy = 0;

  private now = 0;
  private arrived = 0;
  private started = 0;
  private readonly waiting: { readonly until: number; readonly cpuSeconds: number }[] = [];
  private readonly computing: Computing[] = [];
  private readonly quota: CpuQuota;

  constructor(private readonly of: PodScenario) {
    this.quota = new CpuQuota(of.cpu);
  }

  /** Goes on to the next event; false when nothing more happens. */
  step(): boolean {
    const { quota, computing } = this;
    const speed = quota.speed(computing.length);
    const least = Math.min(...computing.map(({ left }) => left));
    const end = speed > 0 ? this.now + least / speed : Number.POSITIVE_INFINITY;
    const exhaustion = quota.exhaustion(this.now, computing.length);
    const others = Math.min(this.arrival(), ...this.waiting.map(({ until }) => until), this.refill());
    const next = Math.min(end, exhaustion, others);
    if (next === Number.POSITIVE_INFINITY) return false;
    for (const task of computing) task.left -= speed * (next - this.now);
    quota.pass(this.now, next, computing.length, next === exhaustion);
    this.now = next;
    while (this.arrival() <= next) this.arrived++;
    this.compute();
    this.finish();
    this.start();
    return true;
  }

  private arrival(): number {
    return this.of.tasks[this.arrived]?.atSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** The quota is filled up again, where that makes a difference. */
  private refill(): number {
    const { quota, computing } = this;
    const isWanted = computing.length > 0 || (!quota.isOpen && this.started < this.arrived);
    return isWanted ? quota.refill : Number.POSITIVE_INFINITY;
  }

  private compute(): void {
    for (let at = this.waiting.length - 1; at >= 0; at--) {
      const task = this.waiting[at];
      if (task === undefined || task.until > this.now) continue;
      this.waiting.splice(at, 1);
      this.computing.push({ left: task.cpuSeconds });
    }
  }

  private finish(): void {
    for (let at = this.computing.length - 1; at >= 0; at--) {
      if ((this.computing[at]?.left ?? 0) > NOTHING) continue;
      this.computing.splice(at, 1);
      this.done++;
      this.ended = this.now;
    }
  }

  private start(): void {
    const { tasks, slots, stopSeconds = Number.POSITIVE_INFINITY } = this.of;
    while (
      this.started < this.arrived &&
      this.waiting.length + this.computing.length < slots &&
      this.quota.isOpen &&
      this.now < stopSeconds
    ) {
      const task = tasks[this.started++];
      if (task === undefined) return;
      this.waits.push(this.now - task.atSeconds);
      this.waiting.push({ until: this.now + task.waitingSeconds, cpuSeconds: task.cpuSeconds });
      this.mostBusy = Math.max(this.mostBusy, this.waiting.length + this.computing.length);
    }
    this.compute();
  }
}
