/** Batches of a run that count as independent. */
const BATCHES = 20;

/** Quantile of Student's distribution at 0.975 with 19 degrees of freedom. */
const STUDENT = 2.093;

/** A number that a simulation found. */
export interface Estimate {
  /** The number, in the unit of what was asked for. */
  readonly value: number;
  /** Half of the width of the interval that holds the true value in 95 of 100 runs. */
  readonly margin95: number;
}

/**
 * Mean and quantiles of waits in the order of the tasks. Margins are by batch means: the run is cut into 20 parts, long
 * enough to count as independent (A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 9.5.3).
 *
 * @param waits seconds; a copy is sorted
 */
export class WaitStatistics {
  private readonly batches: readonly Float64Array[];
  private readonly sorted: Float64Array;

  constructor(waits: Float64Array) {
    const size = Math.max(1, Math.floor(waits.length / BATCHES));
    const inOrder = Array.from({ length: BATCHES }, (_, n) => waits.subarray(n * size, (n + 1) * size));
    this.batches = inOrder.filter(({ length }) => length > 0).map((batch) => batch.slice().sort());
    this.sorted = waits.slice().sort();
  }

  /** Mean wait in seconds; 0 without a task. */
  mean(): Estimate {
    return estimate(meanOf(this.sorted), this.batches.map(meanOf));
  }

  /**
   * Wait in seconds that a share of the tasks does not exceed; 0 without a task.
   *
   * @param share such as 0.99, from 0 to 1
   */
  quantile(share: number): Estimate {
    const at = (sorted: Float64Array) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return estimate(at(this.sorted), this.batches.map(at));
  }

  /** Share of the tasks that waited longer than so many seconds; 0 without a task. */
  shareAbove(seconds: number): Estimate {
    const above = (sorted: Float64Array) =>
      sorted.length === 0 ? 0 : 1 - countUpTo(sorted, seconds) / sorted.length;
    return estimate(above(this.sorted), this.batches.map(above));
  }
}

function meanOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function estimate(value: number, ofBatches: readonly number[]): Estimate {
  const count = ofBatches.length;
  if (count < 2) return { value, margin95: Number.POSITIVE_INFINITY };
  const mean = ofBatches.reduce((sum, it) => sum + it, 0) / count;
  const variance = ofBatches.reduce((sum, it) => sum + (it - mean) ** 2, 0) / (count - 1);
  return { value, margin95: STUDENT * Math.sqrt(variance / count) };
}

/** How many of ascending values are at most a bound. */
function countUpTo(sorted: Float64Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
