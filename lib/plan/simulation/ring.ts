/** Whole numbers, first in, first out, in a buffer that grows. */
export class Ring {
  private values = new Int32Array(64);
  private head = 0;
  size = 0;

  push(value: number): void {
    if (this.size === this.values.length) this.grow();
    this.values[(this.head + this.size++) & (this.values.length - 1)] = value;
  }

  /** Takes the first one; call it only when there is one. */
  shift(): number {
    const value = this.values[this.head] ?? 0;
    this.head = (this.head + 1) & (this.values.length - 1);
    this.size--;
    return value;
  }

  /** Puts one before all others. */
  unshift(value: number): void {
    if (this.size === this.values.length) this.grow();
    this.head = (this.head - 1) & (this.values.length - 1);
    this.values[this.head] = value;
    this.size++;
  }

  /** Removes all that are equal to a value. */
  remove(value: number): void {
    for (let left = this.size; left > 0; left--) {
      const it = this.shift();
      if (it !== value) this.push(it);
    }
  }

  private grow(): void {
    const { values, head } = this;
    this.values = new Int32Array(2 * values.length);
    this.values.set(values.subarray(head));
    this.values.set(values.subarray(0, head), values.length - head);
    this.head = 0;
  }
}
