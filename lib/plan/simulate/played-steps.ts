/** What was seen of one step. */
export interface PlayedStep {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly arrived: number;
  /** Tasks that arrived until its end, in all. */
  readonly arrivedUntil: number;
  /** Tasks that got a slot until its end, in all. */
  readonly startedUntil: number;
  /** Tasks that would wait if the load went on as it is: what chance alone makes wait. */
  readonly byChance: number;
  /** How long a task waits for that on average, in seconds. */
  readonly chanceSeconds: number;
  /** Share of tasks that wait at all when no backlog is left over. */
  readonly waitProbability: number;
  /** Throughput of all slots in tasks/s. */
  readonly capacity: number;
  readonly rate: number;
  readonly replicas: number;
  readonly readyPods: number;
  /** Fewest pods that took tasks within the step. */
  readonly fewestReady: number;
  readonly pods: number;
  readonly utilization: number;
  readonly waiting: number;
  readonly peakPods: number;
  readonly podSeconds: number;
  readonly homeless: number;
  readonly refusedByQuota: number;
  /** Why the scaler wanted no more pods. */
  readonly why: string;
}

/** A column for each number of a {@link PlayedStep}. */
type Columns = { readonly [name in Exclude<keyof PlayedStep, 'why'>]: Float64Array };

/**
 * What was seen of all steps, in columns: a day of a hundred workers has half a million steps, and as many objects that
 * live until the end cost more time than the simulation.
 */
export class PlayedSteps implements Columns {
  /** Steps that are in. */
  length = 0;
  readonly fromSeconds: Float64Array;
  readonly toSeconds: Float64Array;
  readonly arrived: Float64Array;
  readonly arrivedUntil: Float64Array;
  readonly startedUntil: Float64Array;
  readonly byChance: Float64Array;
  readonly chanceSeconds: Float64Array;
  readonly waitProbability: Float64Array;
  readonly capacity: Float64Array;
  readonly rate: Float64Array;
  readonly replicas: Float64Array;
  readonly readyPods: Float64Array;
  readonly fewestReady: Float64Array;
  readonly pods: Float64Array;
  readonly utilization: Float64Array;
  readonly waiting: Float64Array;
  readonly peakPods: Float64Array;
  readonly podSeconds: Float64Array;
  readonly homeless: Float64Array;
  readonly refusedByQuota: Float64Array;
  readonly why: string[] = [];

  /** @param most steps that there will be */
  constructor(most: number) {
    this.fromSeconds = new Float64Array(most);
    this.toSeconds = new Float64Array(most);
    this.arrived = new Float64Array(most);
    this.arrivedUntil = new Float64Array(most);
    this.startedUntil = new Float64Array(most);
    this.byChance = new Float64Array(most);
    this.chanceSeconds = new Float64Array(most);
    this.waitProbability = new Float64Array(most);
    this.capacity = new Float64Array(most);
    this.rate = new Float64Array(most);
    this.replicas = new Float64Array(most);
    this.readyPods = new Float64Array(most);
    this.fewestReady = new Float64Array(most);
    this.pods = new Float64Array(most);
    this.utilization = new Float64Array(most);
    this.waiting = new Float64Array(most);
    this.peakPods = new Float64Array(most);
    this.podSeconds = new Float64Array(most);
    this.homeless = new Float64Array(most);
    this.refusedByQuota = new Float64Array(most);
  }

  /** Adds a step. */
  push(step: PlayedStep): void {
    const { length } = this;
    this.fromSeconds[length] = step.fromSeconds;
    this.toSeconds[length] = step.toSeconds;
    this.arrived[length] = step.arrived;
    this.arrivedUntil[length] = step.arrivedUntil;
    this.startedUntil[length] = step.startedUntil;
    this.byChance[length] = step.byChance;
    this.chanceSeconds[length] = step.chanceSeconds;
    this.waitProbability[length] = step.waitProbability;
    this.capacity[length] = step.capacity;
    this.rate[length] = step.rate;
    this.replicas[length] = step.replicas;
    this.readyPods[length] = step.readyPods;
    this.fewestReady[length] = step.fewestReady;
    this.pods[length] = step.pods;
    this.utilization[length] = step.utilization;
    this.waiting[length] = step.waiting;
    this.peakPods[length] = step.peakPods;
    this.podSeconds[length] = step.podSeconds;
    this.homeless[length] = step.homeless;
    this.refusedByQuota[length] = step.refusedByQuota;
    this.why[length] = step.why;
    this.length++;
  }
}
