import type { PlayedSteps } from './played-steps';

/** Wait of the tasks of a step: what is left over of earlier tasks, and what chance adds, which is exponential. */
interface StepWait {
  /** Seconds until those who came before have a slot. */
  readonly behindSeconds: number;
  /** Share of tasks that wait for longer than that. */
  readonly probability: number;
  /** Mean of what those wait on top, in seconds. */
  readonly scaleSeconds: number;
}

/** What times that are interpolated within a step differ by. */
const NOISE_SECONDS = 1e-3;

/**
 * Waits from what came and what started, first come, first served: a task waits until as many tasks have started as came
 * before it. What waits by chance alone is not in line before it on average, but by the formula of queueing.
 */
export class Waits {
  private readonly behind: Float64Array;
  private readonly probability: Float64Array;
  private readonly scale: Float64Array;

  constructor(private readonly steps: PlayedSteps) {
    const { length } = steps;
    this.behind = new Float64Array(length);
    this.probability = new Float64Array(length);
    this.scale = new Float64Array(length);
    const line = new StartLine(steps);
    for (let index = 0; index < length; index++) this.measure(index, line);
  }

  private measure(index: number, line: StartLine): void {
    const { steps } = this;
    const from = steps.fromSeconds[index] ?? 0;
    const to = steps.toSeconds[index] ?? 0;
    const arrived = steps.arrived[index] ?? 0;
    const capacity = steps.capacity[index] ?? 0;
    const byChance = this.mean(index, (at) => steps.byChance[at] ?? 0);
    const behind = line.timeOf((steps.arrivedUntil[index] ?? 0) - arrived / 2 - byChance) - (from + to) / 2;
    const isBehind = behind >= NOISE_SECONDS;
    const probability = isBehind ? 1 : this.mean(index, (at) => steps.waitProbability[at] ?? 0);
    const mean =
      capacity === 0
        ? 0
        : isBehind
          ? byChance / capacity
          : this.mean(index, (at) => steps.chanceSeconds[at] ?? 0);
    this.behind[index] = isBehind ? behind : 0;
    this.probability[index] = probability;
    this.scale[index] = probability === 0 ? 0 : mean / probability;
  }

  /** Mean of a step: of its end and its beginning, which is the end of the one before. */
  private mean(index: number, value: (index: number) => number): number {
    return (value(index) + value(Math.max(0, index - 1))) / 2;
  }

  private at(index: number): StepWait {
    return {
      behindSeconds: this.behind[index] ?? 0,
      probability: this.probability[index] ?? 0,
      scaleSeconds: this.scale[index] ?? 0,
    };
  }

  /** Tasks of a step that wait longer than so many seconds. */
  longer(index: number, seconds: number): number {
    return (this.steps.arrived[index] ?? 0) * shareAbove(this.at(index), seconds);
  }

  /** Wait in seconds that a share of the tasks of a step does not exceed. */
  quantile(index: number, share: number): number {
    const { behindSeconds, probability, scaleSeconds } = this.at(index);
    const more = probability > 1 - share ? scaleSeconds * Math.log(probability / (1 - share)) : 0;
    return behindSeconds + more;
  }

  /** Wait in seconds that a share of all tasks does not exceed; infinite when more than the others never get a slot. */
  quantileOfAll(share: number): number {
    const all = sum(this.steps.arrived);
    if (all === 0) return 0;
    const allowed = (1 - share) * all;
    if (this.allLonger(0) <= allowed) return 0;
    if (this.allLonger(Number.MAX_VALUE) > allowed) return Number.POSITIVE_INFINITY;
    let high = this.longestBehind();
    while (this.allLonger(high) > allowed) high *= 2;
    let low = 0;
    for (let round = 0; round < HALVINGS && high - low > PRECISION * high; round++) {
      const middle = (low + high) / 2;
      if (this.allLonger(middle) > allowed) low = middle;
      else high = middle;
    }
    return high;
  }

  private allLonger(seconds: number): number {
    let tasks = 0;
    for (let index = 0; index < this.steps.length; index++) tasks += this.longer(index, seconds);
    return tasks;
  }

  private longestBehind(): number {
    let longest = 1;
    for (const seconds of this.behind) {
      if (seconds > longest && seconds < Number.POSITIVE_INFINITY) longest = seconds;
    }
    return longest;
  }
}

const HALVINGS = 48;

/** Relative: far below what is simulated. */
const PRECISION = 1e-3;

/** When the n-th task got its slot. */
class StartLine {
  private step = 0;

  constructor(private readonly steps: PlayedSteps) {}

  /** @param count tasks, not fewer than in the calls before by more than a step's */
  timeOf(count: number): number {
    const { steps } = this;
    while (this.step > 0 && (steps.startedUntil[this.step - 1] ?? 0) >= count) this.step--;
    while (this.step < steps.length && (steps.startedUntil[this.step] ?? 0) < count) this.step++;
    const { step } = this;
    const started = step === 0 ? 0 : (steps.startedUntil[step - 1] ?? 0);
    if (step >= steps.length) return this.afterEnd(count - started);
    const share = (count - started) / Math.max((steps.startedUntil[step] ?? 0) - started, 1e-12);
    const from = steps.fromSeconds[step] ?? 0;
    return from + Math.max(0, share) * ((steps.toSeconds[step] ?? 0) - from);
  }

  /** After the end of the load the pods that are there go on. */
  private afterEnd(left: number): number {
    const last = this.steps.length - 1;
    const capacity = last < 0 ? 0 : (this.steps.capacity[last] ?? 0);
    return capacity <= 0 ? Number.POSITIVE_INFINITY : (this.steps.toSeconds[last] ?? 0) + left / capacity;
  }
}

function shareAbove({ behindSeconds, probability, scaleSeconds }: StepWait, seconds: number): number {
  if (seconds < behindSeconds) return 1;
  if (scaleSeconds === 0) return 0;
  return probability * Math.exp(-(seconds - behindSeconds) / scaleSeconds);
}

/** The sum of numbers. */
export function sum(values: Float64Array): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
