import type { SimulatedNodes } from './settings';

const PROVISION_SECONDS = 90;
const IDLE_SECONDS = 600;

/** Nodes of one worker, and those that a cluster autoscaler orders and gives back. */
export class Nodes {
  private count: number;
  private readonly ordered: { readonly atSeconds: number; readonly count: number }[] = [];
  private idleSince = Number.POSITIVE_INFINITY;
  private readonly least: number;

  constructor(
    private readonly of: SimulatedNodes | undefined,
    pods: number,
  ) {
    const needed = of === undefined ? 0 : Math.ceil(pods / of.podsPerNode);
    this.least = of?.atStart ?? 0;
    this.count = Math.min(of?.most ?? Number.POSITIVE_INFINITY, Math.max(this.least, needed));
  }

  /** Most pods that can be placed now; infinite where nodes are not simulated. */
  room(): number {
    return this.of === undefined ? Number.POSITIVE_INFINITY : this.count * this.of.podsPerNode;
  }

  /** Whether pods without a place can only wait for other pods to go. */
  get isFull(): boolean {
    return this.of?.most !== undefined && this.count >= this.of.most;
  }

  /** When nodes come or go next. */
  next(): number {
    const idle = this.idleSince + (this.of?.idleSeconds ?? IDLE_SECONDS);
    return Math.min(this.ordered[0]?.atSeconds ?? Number.POSITIVE_INFINITY, idle);
  }

  /**
   * What a cluster autoscaler does: it orders nodes for pods without a place, and gives back what is idle for long.
   *
   * @param placed pods that have a place
   * @param homeless pods without one
   */
  update(now: number, placed: number, homeless: number): void {
    if (this.of === undefined) return;
    while ((this.ordered[0]?.atSeconds ?? Number.POSITIVE_INFINITY) <= now) {
      this.count += this.ordered.shift()?.count ?? 0;
    }
    this.order(now, placed + homeless);
    this.giveBack(now, placed + homeless);
  }

  private order(now: number, pods: number): void {
    if (this.of === undefined) return;
    const { podsPerNode, most = Number.POSITIVE_INFINITY, provisionSeconds = PROVISION_SECONDS } = this.of;
    const coming = this.ordered.reduce((sum, { count }) => sum + count, 0);
    const more = Math.min(most, Math.ceil(pods / podsPerNode)) - this.count - coming;
    if (more > 0) this.ordered.push({ atSeconds: now + provisionSeconds, count: more });
  }

  private giveBack(now: number, pods: number): void {
    if (this.of === undefined) return;
    const needed = Math.max(this.least, Math.ceil(pods / this.of.podsPerNode));
    if (this.count <= needed) {
      this.idleSince = Number.POSITIVE_INFINITY;
    } else if (this.idleSince === Number.POSITIVE_INFINITY) {
      this.idleSince = now;
    } else if (now >= this.idleSince + (this.of.idleSeconds ?? IDLE_SECONDS)) {
      this.count = needed;
      this.idleSince = Number.POSITIVE_INFINITY;
    }
  }
}
