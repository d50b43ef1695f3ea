import type { PodProfile } from './pod-profile';

const ROUNDS = 60;

/** Relative, of the tasks inside. */
const PRECISION = 1e-8;

/**
 * Tasks of a worker over time, as an average over chance: what comes in, what runs and what waits.
 *
 * In each span the tasks inside change by what arrives less what c servers finish, c·ρ ÷ d, where the utilisation ρ is
 * the one that would hold so many tasks in the long run (pointwise stationary fluid flow approximation: W.-P. Wang,
 * D. Tipper and S. Banerjee, INFOCOM 1996). So a queue that keeps up has the backlog of queueing theory, and one that
 * does not grows as a fluid. For the long run Sakasegawa's closed form, which takes no sum over servers (Annals of the
 * Institute of Statistical Mathematics 29, 1977): Lq = ρ^√(2(c+1)) ÷ (1 − ρ) × (ca² + cs²) ÷ 2. Steps are implicit, so
 * that a span may be much longer than a task.
 */
export class QueueFlow {
  /** Tasks inside: those that run and those that wait. */
  tasks = 0;
  /** Tasks that run. */
  busy = 0;
  /** Tasks that wait for a slot. */
  waiting = 0;
  /** Tasks that a full queue of a pod turned away, in all. */
  refused = 0;
  /** Tasks that came, less those turned away, in all. */
  arrived = 0;
  private utilization = 0;
  /** Busy servers ÷ servers. */
  private rho = 0;
  private readonly spread: number;
  private exponent = 0;
  private exponentOf = -1;

  constructor(private readonly of: PodProfile) {
    this.spread = (1 + of.variation) / 2;
  }

  /** Busy slots ÷ slots of the pods that take tasks, as a worker reports it. */
  get reported(): number {
    return this.utilization;
  }

  /** Busy servers ÷ servers: those that get work done at full speed. */
  get load(): number {
    return this.rho;
  }

  /**
   * A span goes by.
   *
   * @param seconds its length
   * @param arrivals tasks that arrive in it
   * @param pods that take tasks
   */
  advance(seconds: number, arrivals: number, pods: number): void {
    this.arrived += arrivals;
    if (pods === 0) {
      this.tasks += arrivals;
      this.rho = 0;
      this.settle(0, 0, this.tasks);
      return;
    }
    const { of, spread } = this;
    const lines = of.lines === 'each' ? pods : 1;
    const servers = (of.servers * pods) / lines;
    const exponent = this.exponentFor(servers);
    const slope = (1 + seconds / of.meanSeconds) * servers;
    this.rho = utilizationHolding((this.tasks + arrivals) / lines, slope, exponent, spread, this.rho);
    const waiting = backlogAt(this.rho, exponent, spread) * lines;
    const running = servers * this.rho * lines;
    this.tasks = running + waiting;
    this.settle(pods, running, waiting);
    this.turnAway(pods);
  }

  private exponentFor(servers: number): number {
    if (servers !== this.exponentOf) {
      this.exponentOf = servers;
      this.exponent = exponentOf(servers);
    }
    return this.exponent;
  }

  /** Pods leave: what runs in them ends there, and what waits in lines of their own is worked off there. */
  leave(pods: number, of: number): void {
    if (of === 0) return;
    const share = pods / of;
    const gone = share * (this.of.lines === 'each' ? this.tasks : this.busy);
    this.tasks -= gone;
    this.busy -= share * this.busy;
    if (this.of.lines === 'each') this.waiting -= share * this.waiting;
  }

  /** Where CPU binds, more slots are busy than there are servers: what would wait runs, and all of it more slowly. */
  private settle(pods: number, running: number, waiting: number): void {
    const { slots, servers, isRateBound } = this.of;
    const slower = isRateBound ? 0 : Math.min(waiting, pods * (slots - servers));
    this.busy = running + slower;
    this.waiting = waiting - slower;
    this.utilization = pods === 0 ? 0 : Math.min(1, this.busy / (pods * slots));
  }

  private turnAway(pods: number): void {
    const beyond = this.tasks - this.of.capacity * pods;
    if (!(beyond > 0)) return;
    this.tasks -= beyond;
    this.waiting -= beyond;
    this.refused += beyond;
    this.arrived -= beyond;
  }
}

/** √(2(c+1)). */
function exponentOf(servers: number): number {
  return Math.sqrt(2 * (servers + 1));
}

function backlogAt(rho: number, exponent: number, spread: number): number {
  return (spread * rho ** exponent) / (1 - rho);
}

/**
 * Lq of {@link QueueFlow} in the long run.
 *
 * @param rho utilisation, below 1
 */
export function steadyBacklog(of: PodProfile, pods: number, rho: number): number {
  const lines = of.lines === 'each' ? pods : 1;
  if (lines === 0) return 0;
  return lines * backlogAt(rho, exponentOf((of.servers * pods) / lines), (1 + of.variation) / 2);
}

/**
 * Share of tasks that wait, by the same closed form.
 *
 * @param rho utilisation, below 1
 */
export function steadyWaitProbability(of: PodProfile, pods: number, rho: number): number {
  const lines = of.lines === 'each' ? pods : 1;
  return lines === 0 ? 1 : rho ** (exponentOf((of.servers * pods) / lines) - 1);
}

/**
 * The utilisation at the end of a span: ρ with slope·ρ + Lq(ρ) = inside. The left side grows and is convex, so Newton's
 * steps from above come down to it; halving takes over where one would leave the interval.
 *
 * @param guess where to begin
 */
function utilizationHolding(
  inside: number,
  slope: number,
  exponent: number,
  spread: number,
  guess: number,
): number {
  if (inside <= 0) return 0;
  const allowed = PRECISION * inside;
  let low = 0;
  let high = 1;
  let rho = guess > 0 ? guess : Math.min(inside / slope, 1 - 0.5 / (1 + inside));
  for (let round = 0; round < ROUNDS; round++) {
    const idle = 1 - rho;
    const waiting = (spread * rho ** exponent) / idle;
    const excess = slope * rho + waiting - inside;
    if (excess <= allowed && excess >= -allowed) break;
    if (excess > 0) high = rho;
    else low = rho;
    const next = rho - excess / (slope + waiting * (exponent / rho + 1 / idle));
    rho = next > low && next < high ? next : (low + high) / 2;
  }
  return rho;
}
