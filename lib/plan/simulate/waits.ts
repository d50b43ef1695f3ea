/** What is known of the tasks of one step. */
export interface StepFlow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Tasks that arrived in it. */
  readonly arrived: number;
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
}

/** Wait of the tasks of a step: what is left over of earlier tasks, and what chance adds, which is exponential. */
export interface StepWait {
  readonly tasks: number;
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
export function waitsOf(flows: readonly StepFlow[]): StepWait[] {
  const line = new StartLine(flows);
  return flows.map((flow, index) => {
    const { fromSeconds, toSeconds, arrived, arrivedUntil, waitProbability, capacity } = flow;
    const middle = (fromSeconds + toSeconds) / 2;
    const byChance = (flow.byChance + (flows[index - 1] ?? flow).byChance) / 2;
    const behind = line.timeOf(arrivedUntil - arrived / 2 - byChance) - middle;
    const behindSeconds = behind < NOISE_SECONDS ? 0 : behind;
    const seconds = toSeconds - fromSeconds;
    const rate = Math.max(Math.min(capacity, arrived / seconds), 1e-9);
    const probability = behindSeconds > 0 ? 1 : waitProbability;
    const mean = capacity === 0 ? 0 : byChance / (behindSeconds > 0 ? capacity : rate);
    return {
      tasks: arrived,
      behindSeconds,
      probability,
      scaleSeconds: probability === 0 ? 0 : mean / probability,
    };
  });
}

/** When the n-th task got its slot. */
class StartLine {
  private step = 0;

  constructor(private readonly flows: readonly StepFlow[]) {}

  /** @param count tasks, not fewer than in the calls before by more than a step's */
  timeOf(count: number): number {
    const { flows } = this;
    while (this.step > 0 && (flows[this.step - 1]?.startedUntil ?? 0) >= count) this.step--;
    while (this.step < flows.length && (flows[this.step]?.startedUntil ?? 0) < count) this.step++;
    const flow = flows[this.step];
    const before = flows[this.step - 1];
    const started = before?.startedUntil ?? 0;
    if (flow === undefined) return afterEnd(before, count - started);
    const share = (count - started) / Math.max(flow.startedUntil - started, 1e-12);
    return flow.fromSeconds + Math.max(0, share) * (flow.toSeconds - flow.fromSeconds);
  }
}

/** After the end of the load the pods that are there go on. */
function afterEnd(last: StepFlow | undefined, left: number): number {
  if (last === undefined || last.capacity <= 0) return Number.POSITIVE_INFINITY;
  return last.toSeconds + left / last.capacity;
}

/** Share of the tasks of a step that wait longer than so many seconds. */
export function shareAbove({ behindSeconds, probability, scaleSeconds }: StepWait, seconds: number): number {
  if (seconds < behindSeconds) return 1;
  if (scaleSeconds === 0) return 0;
  return probability * Math.exp(-(seconds - behindSeconds) / scaleSeconds);
}

/** Wait in seconds that a share of the tasks of a step does not exceed. */
export function quantileOf({ behindSeconds, probability, scaleSeconds }: StepWait, share: number): number {
  const more = probability > 1 - share ? scaleSeconds * Math.log(probability / (1 - share)) : 0;
  return behindSeconds + more;
}

const HALVINGS = 48;

/** Relative: far below what is simulated. */
const PRECISION = 1e-3;

/** Wait in seconds that a share of all tasks does not exceed; infinite when more than the others never get a slot. */
export function quantileOfAll(waits: readonly StepWait[], share: number): number {
  const counted = waits.filter(({ tasks }) => tasks > 0);
  let [all, high] = [0, 1];
  for (const { tasks, behindSeconds } of counted) {
    all += tasks;
    if (behindSeconds > high && behindSeconds < Number.POSITIVE_INFINITY) high = behindSeconds;
  }
  if (all === 0) return 0;
  const allowed = (1 - share) * all;
  const longer = (seconds: number) => {
    let sum = 0;
    for (const wait of counted) sum += wait.tasks * shareAbove(wait, seconds);
    return sum;
  };
  if (longer(0) <= allowed) return 0;
  if (longer(Number.MAX_VALUE) > allowed) return Number.POSITIVE_INFINITY;
  while (longer(high) > allowed) high *= 2;
  let low = 0;
  for (let round = 0; round < HALVINGS && high - low > PRECISION * high; round++) {
    const middle = (low + high) / 2;
    if (longer(middle) > allowed) low = middle;
    else high = middle;
  }
  return high;
}
