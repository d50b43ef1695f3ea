import { EventHeap } from './event-heap';
import type { Random } from './random';
import { Ring } from './ring';

/** What a {@link PoolRun} needs to know, with defaults filled in. */
export interface PoolSettings {
  readonly slotsPerPod: number;
  readonly prefetch: number;
  readonly halfTripSeconds: number;
  readonly lines: 'shared' | 'each';
  readonly graceSeconds: number;
  /** Draws the duration of a task in seconds. */
  readonly duration: () => number;
  readonly random: Random;
}

/** Time integrals since the measurement began, in unit × seconds. */
export interface Areas {
  seconds: number;
  busy: number;
  slots: number;
  waiting: number;
}

/**
 * Pods that take tasks from a queue: the events, one at a time. Tasks are numbered as they arrive, pods as they start.
 *
 * A pod asks the queue for as many tasks as it has free slots and room to prefetch; the queue serves whoever has asked
 * first. With lines of their own, pods are sent tasks at random, and each works off its own before it ends.
 */
export class PoolRun {
  /** Time of the latest event in seconds. */
  now = 0;
  /** When a task last ended, in seconds. */
  lastEnd = 0;
  handedBack = 0;
  killed = 0;
  done = 0;
  busiest = 0;
  readonly areas: Areas = { seconds: 0, busy: 0, slots: 0, waiting: 0 };
  /** Wait of each task until its first start in seconds. */
  readonly waits: Float64Array;

  private readonly arrivedAt: Float64Array;
  private readonly started: Uint8Array;
  private arrived = 0;
  private busy = 0;
  private waiting = 0;
  private isMeasuring = false;

  private readonly running: number[] = [];
  private readonly held: Ring[] = [];
  private live: number[] = [];
  private readonly isLive: boolean[] = [];

  private readonly queue = new Ring();
  private readonly wishes = new Ring();
  private readonly ends = new EventHeap();
  private readonly asking = new EventHeap();
  private readonly travelling = new EventHeap();
  private readonly deaths = new EventHeap();

  /** @param tasks most tasks that may arrive */
  constructor(
    private readonly of: PoolSettings,
    tasks: number,
  ) {
    this.waits = new Float64Array(tasks);
    this.arrivedAt = new Float64Array(tasks);
    this.started = new Uint8Array(tasks);
  }

  /** Time of the next event inside, in seconds; infinite when nothing goes on. */
  next(): number {
    return Math.min(
      this.ends.earliest(),
      this.travelling.earliest(),
      this.asking.earliest(),
      this.deaths.earliest(),
    );
  }

  /** Whether the time integrals grow from now on. */
  measure(isMeasuring: boolean): void {
    this.isMeasuring = isMeasuring;
  }

  /** Handles the next event inside. */
  step(): void {
    const time = this.next();
    this.advance(time);
    if (this.ends.earliest() === time) this.end();
    else if (this.travelling.earliest() === time) this.take();
    else if (this.asking.earliest() === time) this.heard();
    else this.die();
  }

  /** A task arrives. */
  arrive(time: number): void {
    this.advance(time);
    const task = this.arrived++;
    this.arrivedAt[task] = time;
    this.waiting++;
    this.enqueue(task);
  }

  /** Sets the number of pods: new ones start at once, the latest go first. */
  setPods(time: number, count: number): void {
    this.advance(time);
    while (this.live.length > count) this.retire(this.live.pop() ?? 0);
    const added: number[] = [];
    while (this.live.length < count) {
      const pod = this.running.length;
      this.running.push(0);
      this.held.push(new Ring());
      this.isLive.push(true);
      this.live.push(pod);
      added.push(pod);
    }
    if (this.of.lines === 'shared') {
      for (let ask = this.of.slotsPerPod + this.of.prefetch; ask > 0; ask--) {
        for (const pod of added) this.wishes.push(pod);
      }
    }
    this.dispatch();
  }

  private advance(time: number): void {
    if (this.isMeasuring) {
      const seconds = time - this.now;
      this.areas.seconds += seconds;
      this.areas.busy += this.busy * seconds;
      this.areas.slots += this.live.length * this.of.slotsPerPod * seconds;
      this.areas.waiting += this.waiting * seconds;
    }
    this.now = time;
  }

  private enqueue(task: number): void {
    const { lines, random } = this.of;
    if (lines === 'each' && this.live.length > 0) {
      this.deliver(task, this.live[random.below(this.live.length)] ?? 0);
    } else {
      this.queue.push(task);
      this.dispatch();
    }
  }

  private dispatch(): void {
    const { lines, halfTripSeconds } = this.of;
    if (lines === 'each') {
      if (this.live.length === 0) return;
      while (this.queue.size > 0) this.enqueue(this.queue.shift());
      return;
    }
    while (this.queue.size > 0 && this.wishes.size > 0) {
      const task = this.queue.shift();
      const pod = this.wishes.shift();
      if (halfTripSeconds === 0) this.deliver(task, pod);
      else this.travelling.push(this.now + halfTripSeconds, task, pod);
    }
  }

  private take(): void {
    const [task, pod] = [this.travelling.earliestTask(), this.travelling.earliestPod()];
    this.travelling.pop();
    if (this.isLive[pod]) {
      this.deliver(task, pod);
      return;
    }
    this.handedBack++;
    this.queue.unshift(task);
    this.dispatch();
  }

  private deliver(task: number, pod: number): void {
    if ((this.running[pod] ?? 0) < this.of.slotsPerPod) this.start(task, pod);
    else this.held[pod]?.push(task);
  }

  private start(task: number, pod: number): void {
    if (this.started[task] === 0) {
      this.started[task] = 1;
      this.waits[task] = this.now - (this.arrivedAt[task] ?? 0);
    }
    this.waiting--;
    this.busy++;
    this.busiest = Math.max(this.busiest, this.busy);
    this.running[pod] = (this.running[pod] ?? 0) + 1;
    this.ends.push(this.now + this.of.duration(), task, pod);
  }

  private end(): void {
    const pod = this.ends.earliestPod();
    this.ends.pop();
    this.done++;
    this.lastEnd = this.now;
    this.busy--;
    this.running[pod] = (this.running[pod] ?? 0) - 1;
    const held = this.held[pod];
    if (held !== undefined && held.size > 0) this.start(held.shift(), pod);
    if (this.of.lines === 'shared' && this.isLive[pod]) this.ask(pod);
  }

  private ask(pod: number): void {
    if (this.of.halfTripSeconds > 0) {
      this.asking.push(this.now + this.of.halfTripSeconds, 0, pod);
      return;
    }
    this.wishes.push(pod);
    this.dispatch();
  }

  private heard(): void {
    const pod = this.asking.earliestPod();
    this.asking.pop();
    if (!this.isLive[pod]) return;
    this.wishes.push(pod);
    this.dispatch();
  }

  /** A pod gets no task any more; what waits in it goes back, or is worked off where it is the pod's own. */
  private retire(pod: number): void {
    this.isLive[pod] = false;
    this.wishes.remove(pod);
    const held = this.held[pod];
    if (held !== undefined && this.of.lines === 'shared') this.handBack(held);
    if (Number.isFinite(this.of.graceSeconds)) this.deaths.push(this.now + this.of.graceSeconds, 0, pod);
  }

  private handBack(held: Ring): void {
    const tasks: number[] = [];
    while (held.size > 0) tasks.push(held.shift());
    this.handedBack += tasks.length;
    for (const task of tasks.reverse()) this.queue.unshift(task);
  }

  /** The grace period is over: what still runs is delivered again. */
  private die(): void {
    const pod = this.deaths.earliestPod();
    this.deaths.pop();
    if (this.running[pod] === 0) return;
    const tasks = this.ends.removePod(pod);
    const held = this.held[pod];
    if (held !== undefined) this.handBack(held);
    this.killed += tasks.length;
    this.busy -= tasks.length;
    this.waiting += tasks.length;
    this.running[pod] = 0;
    for (const task of tasks) this.queue.unshift(task);
    this.dispatch();
  }
}
