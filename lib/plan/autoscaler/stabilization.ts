import { SlidingExtreme } from './sliding-extreme';

/** Recommendations that the controller remembers, and how they hold back a change. */
export class Recommendations {
  private readonly highest = new SlidingExtreme('highest');
  private readonly lowest = new SlidingExtreme('lowest');
  private isEmpty = true;

  /** Stores the count of the first sync, below which no window lets it go (`recordInitialRecommendation`). */
  begin(nowMillis: number, replicas: number): void {
    if (this.isEmpty) this.add(nowMillis, replicas);
  }

  /**
   * The highest recommendation of the window, one of exactly its age included (`stabilizeRecommendation`). Stores the
   * new one.
   */
  stabilizeWithoutRules(nowMillis: number, desired: number, windowSeconds: number): number {
    const highest = this.highest.since(nowMillis - windowSeconds * 1000, true) ?? desired;
    this.add(nowMillis, desired);
    return Math.max(highest, desired);
  }

  /**
   * The current count, moved into what the lowest recommendation of the up window and the highest one of the down
   * window leave open; those of exactly a window's age do not count (`stabilizeRecommendationWithBehaviors`). Stores
   * the new one.
   */
  stabilizeByRules(
    nowMillis: number,
    current: number,
    desired: number,
    upSeconds: number,
    downSeconds: number,
  ): number {
    const least = Math.min(desired, this.lowest.since(nowMillis - upSeconds * 1000, false) ?? desired);
    const most = Math.max(desired, this.highest.since(nowMillis - downSeconds * 1000, false) ?? desired);
    this.add(nowMillis, desired);
    return Math.min(Math.max(current, least), most);
  }

  private add(nowMillis: number, replicas: number): void {
    this.isEmpty = false;
    this.highest.add(nowMillis, replicas);
    this.lowest.add(nowMillis, replicas);
  }
}
