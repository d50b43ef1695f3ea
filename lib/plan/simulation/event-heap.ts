/** Events by time, earliest first: a binary heap over typed arrays, which holds two whole numbers with each event. */
export class EventHeap {
  private times = new Float64Array(64);
  private tasks = new Int32Array(64);
  private pods = new Int32Array(64);
  size = 0;

  /** Time of the earliest event; infinite when there is none. */
  earliest(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.times[0] ?? 0);
  }

  /** Task of the earliest event. */
  earliestTask(): number {
    return this.tasks[0] ?? 0;
  }

  /** Pod of the earliest event. */
  earliestPod(): number {
    return this.pods[0] ?? 0;
  }

  push(time: number, task: number, pod: number): void {
    if (this.size === this.times.length) this.grow();
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = this.times[parent] ?? 0;
      if (parentTime <= time) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, time, task, pod);
  }

  /** Removes the earliest event. */
  pop(): void {
    const last = --this.size;
    if (last <= 0) return;
    this.sink(this.times[last] ?? 0, this.tasks[last] ?? 0, this.pods[last] ?? 0);
  }

  /**
   * Removes all events of a pod.
   *
   * @returns their tasks
   */
  removePod(pod: number): number[] {
    const kept: [number, number, number][] = [];
    const removed: number[] = [];
    for (let at = 0; at < this.size; at++) {
      const task = this.tasks[at] ?? 0;
      if (this.pods[at] === pod) removed.push(task);
      else kept.push([this.times[at] ?? 0, task, this.pods[at] ?? 0]);
    }
    this.size = 0;
    for (const [time, task, other] of kept) this.push(time, task, other);
    return removed;
  }

  private sink(time: number, task: number, pod: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && (this.times[child + 1] ?? 0) < (this.times[child] ?? 0)) child++;
      if ((this.times[child] ?? 0) >= time) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, time, task, pod);
  }

  private move(from: number, to: number): void {
    this.set(to, this.times[from] ?? 0, this.tasks[from] ?? 0, this.pods[from] ?? 0);
  }

  private set(at: number, time: number, task: number, pod: number): void {
    this.times[at] = time;
    this.tasks[at] = task;
    this.pods[at] = pod;
  }

  private grow(): void {
    const { times, tasks, pods } = this;
    this.times = new Float64Array(2 * times.length);
    this.times.set(times);
    this.tasks = new Int32Array(2 * tasks.length);
    this.tasks.set(tasks);
    this.pods = new Int32Array(2 * pods.length);
    this.pods.set(pods);
  }
}
