import type { Problem } from '../problem';

/** Tasks that arrive over time: a rate that runs straight from each point to the next. */
export interface Load {
  /** What it is called in messages, such as `day.csv`. */
  readonly name: string;
  /** Times of the points in seconds, ascending, the first one 0. Two points may share a time: there the rate jumps. */
  readonly seconds: readonly number[];
  /** Rate at each point in tasks/s. */
  readonly rates: readonly number[];
  /** Time of the last point, in seconds. */
  readonly durationSeconds: number;
  /** What is wrong with what it was made from; such a load has no tasks, and must not be computed with. */
  readonly problems: readonly Problem[];
}

/** A load from points that are sound. */
export function loadOf(name: string, points: readonly LoadPoint[]): Load {
  return {
    name,
    seconds: points.map(({ atSeconds }) => atSeconds),
    rates: points.map(({ tasksPerSecond }) => tasksPerSecond),
    durationSeconds: points.at(-1)?.atSeconds ?? 0,
    problems: [],
  };
}

/** A point of a load. */
export interface LoadPoint {
  readonly atSeconds: number;
  readonly tasksPerSecond: number;
}

/** Stands for a load that could not be made. */
export function brokenLoad(name: string, ...problems: readonly Problem[]): Load {
  return { name, seconds: [0, 1], rates: [0, 0], durationSeconds: 1, problems };
}

/** Index of the last point at or before a time; 0 before the first. */
function pointBefore({ seconds }: Load, at: number): number {
  let low = 0;
  let high = seconds.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((seconds[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Rate of a load in tasks/s; that of the nearest end outside of it.
 *
 * @param at seconds since its start
 */
export function rateAt(load: Load, at: number): number {
  return rateFrom(load, pointBefore(load, at), at);
}

function rateFrom({ seconds, rates }: Load, point: number, at: number): number {
  const from = seconds[point] ?? 0;
  const to = seconds[point + 1] ?? from;
  const rate = rates[point] ?? 0;
  if (to <= from || at <= from) return rate;
  return rate + ((rates[point + 1] ?? rate) - rate) * Math.min(1, (at - from) / (to - from));
}

/** All tasks of a load, on average: the area below its curve. */
export function expectedTasks(load: Load): number {
  return new LoadReader(load).until(load.durationSeconds);
}

/** Reads a load from start to end, each point once. */
export class LoadReader {
  private point = 0;
  private at = 0;

  constructor(private readonly load: Load) {}

  /**
   * Tasks that arrive, on average, from where the last call ended until a time; none after the end of the load.
   *
   * @param seconds since the start, not before that of the last call
   */
  until(seconds: number): number {
    const { load } = this;
    const end = Math.min(seconds, load.durationSeconds);
    let tasks = 0;
    while (this.at < end) {
      const next = load.seconds[this.point + 1] ?? Number.POSITIVE_INFINITY;
      if (next <= this.at) {
        this.point++;
        continue;
      }
      const to = Math.min(end, next);
      const before = rateFrom(load, this.point, this.at);
      tasks += ((before + rateFrom(load, this.point, to)) / 2) * (to - this.at);
      this.at = to;
    }
    return tasks;
  }
}
