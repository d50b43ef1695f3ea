/**
 * The highest, or the lowest, of the values of a window that moves with time. A value that a later one is as extreme as
 * can never count again, so that each is stored and dropped once (the monotonic queue of Lemire, "Streaming
 * Maximum-Minimum Filter Using No More than Three Comparisons per Element", 2006).
 */
export class SlidingExtreme {
  private times: number[] = [];
  private values: number[] = [];
  private first = 0;
  private readonly sign: number;

  constructor(kind: 'highest' | 'lowest') {
    this.sign = kind === 'highest' ? 1 : -1;
  }

  /** Adds a value; times never run back. */
  add(time: number, value: number): void {
    const { times, values, sign } = this;
    while (values.length > this.first && sign * (values.at(-1) ?? 0) <= sign * value) {
      times.pop();
      values.pop();
    }
    times.push(time);
    values.push(value);
  }

  /**
   * The extreme of the values after a time; `undefined` when there are none.
   *
   * @param inclusive whether a value of exactly that time counts
   */
  since(cutoff: number, inclusive: boolean): number | undefined {
    const { times } = this;
    while (this.first < times.length && isOver(times[this.first] ?? 0, cutoff, inclusive)) this.first += 1;
    if (this.first > 512) this.forget();
    return this.values[this.first];
  }

  private forget(): void {
    this.times = this.times.slice(this.first);
    this.values = this.values.slice(this.first);
    this.first = 0;
  }
}

function isOver(time: number, cutoff: number, inclusive: boolean): boolean {
  return inclusive ? time < cutoff : time <= cutoff;
}
