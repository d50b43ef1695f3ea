import { formatNumber } from '../format';
import type { BandStep, WorkerBand } from './band';

/** What was seen of a worker at one time. */
export interface SeenStep {
  /** Seconds since the start of the load. */
  readonly atSeconds: number;
  /** Pods that were wanted: `spec.replicas`. */
  readonly replicas: number;
  /**
   * Pods that took tasks.
   * @default not compared
   */
  readonly readyPods?: number;
  /**
   * Tasks that waited.
   * @default not compared
   */
  readonly backlogTasks?: number;
}

/** Something that was seen outside of a band. */
export interface OutsideBand {
  /** When it was seen, in seconds since the start of the load. */
  readonly atSeconds: number;
  /** Which number. */
  readonly what: 'replicas' | 'readyPods' | 'backlogTasks';
  /** What was seen. */
  readonly seen: number;
  /** Lower end of the band there; NaN after the end of the load. */
  readonly low: number;
  /** Upper end of the band there; NaN after the end of the load. */
  readonly high: number;
  /** The same as a line. */
  readonly line: string;
}

const COMPARED = ['replicas', 'readyPods', 'backlogTasks'] as const;

/**
 * Compares what a cluster did with what the simulation holds for possible: every time that was seen, with the step that it
 * falls into. Times beyond the band are outside of it.
 *
 * @returns all that lies outside, in order; nothing when everything lies inside
 */
export function outsideBand({ steps }: WorkerBand, seen: readonly SeenStep[]): OutsideBand[] {
  return seen.flatMap((at) => {
    const step = stepAt(steps, at.atSeconds);
    return COMPARED.flatMap((what) => {
      const value = at[what];
      const [low, high] = step?.[what] ?? [Number.NaN, Number.NaN];
      if (value === undefined || (value >= low && value <= high)) return [];
      const numbers = `${formatNumber(value)}, outside of ${formatNumber(low)} to ${formatNumber(high)}`;
      const line = `${at.atSeconds} s: ${what} ${step === undefined ? `${value}, after the end of the load` : numbers}`;
      return [{ atSeconds: at.atSeconds, what, seen: value, low, high, line }];
    });
  });
}

/** The last step that has begun; `undefined` before the first one and beyond the end of the last one. */
function stepAt(steps: readonly BandStep[], seconds: number): BandStep | undefined {
  const [first, second] = steps;
  const width =
    first === undefined || second === undefined
      ? Number.POSITIVE_INFINITY
      : second.atSeconds - first.atSeconds;
  return steps.findLast(({ atSeconds }) => atSeconds <= seconds && seconds < atSeconds + width + 1e-9);
}
