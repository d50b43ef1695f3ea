/** Random numbers that follow from a seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32 by Tommy Ettinger). */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let bits = this.state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number between two, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  /** Whether something happens that does so in this share of cases. */
  chance(share: number): boolean {
    return this.unit() < share;
  }

  /** One of several. */
  of<T>(...choices: readonly [T, ...T[]]): T {
    return this.one(choices);
  }

  /**
   * One of a list.
   *
   * @throws RangeError when it is empty
   */
  one<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('one of nothing');
    return list[this.whole(0, list.length - 1)] as T;
  }
}
