/** Numbers that are seen of each step. */
const NUMBERS = [
  'fromSeconds',
  'toSeconds',
  'arrived',
  'arrivedUntil',
  'startedUntil',
  'byChance',
  'waitProbability',
  'capacity',
  'rate',
  'replicas',
  'readyPods',
  'fewestReady',
  'pods',
  'utilization',
  'waiting',
  'peakPods',
  'podSeconds',
  'homeless',
  'refusedByQuota',
] as const;

type NumberOfStep = (typeof NUMBERS)[number];

/** What was seen of one step. */
export interface PlayedStep extends Readonly<Record<NumberOfStep, number>> {
  /** Tasks that arrived until its end, in all. */
  readonly arrivedUntil: number;
  /** Tasks that got a slot until its end, in all. */
  readonly startedUntil: number;
  /** Tasks that would wait if the load went on as it is: what chance alone makes wait. */
  readonly byChance: number;
  /** Share of tasks that wait at all when no backlog is left over. */
  readonly waitProbability: number;
  /** Throughput of all slots in tasks/s. */
  readonly capacity: number;
  /** Fewest pods that took tasks within the step. */
  readonly fewestReady: number;
  /** Why the scaler wanted no more pods. */
  readonly why: string;
}

/**
 * What was seen of all steps, in columns: a day of a hundred workers has half a million steps, and as many objects that
 * outlive each other cost more time than the simulation.
 */
export class PlayedSteps {
  /** Steps that are in. */
  length = 0;
  private readonly columns: Readonly<Record<NumberOfStep, Float64Array>>;
  private readonly reasons: string[] = [];

  /** @param most steps that there will be */
  constructor(most: number) {
    const columns = NUMBERS.map((name) => [name, new Float64Array(most)] as const);
    this.columns = Object.fromEntries(columns) as Record<NumberOfStep, Float64Array>;
  }

  /** The values of one number, by step. */
  column(name: NumberOfStep): Float64Array {
    return this.columns[name];
  }

  /** Adds a step. */
  push(step: PlayedStep): void {
    const { columns, length } = this;
    for (const name of NUMBERS) columns[name][length] = step[name];
    this.reasons[length] = step.why;
    this.length++;
  }

  /** One number of one step; 0 outside of them. */
  get(name: NumberOfStep, index: number): number {
    return this.columns[name][index] ?? 0;
  }

  /** Why the scaler wanted no more pods. */
  why(index: number): string {
    return this.reasons[index] ?? '';
  }
}
