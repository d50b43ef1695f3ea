import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { DownstreamClaim } from '../../worker/downstream';

/**
 * The connections of a database that workloads hold at their peaks. Each workload is checked by itself when it is
 * planned; together they are checked here, since every one of them may be at its peak.
 */
export class SharedConnections {
  private readonly claims = new Map<string, number>();

  /** Counts what a workload holds at its peak. */
  readonly claim = ({ path, peak }: DownstreamClaim): void => {
    this.claims.set(path, (this.claims.get(path) ?? 0) + peak);
  };

  /**
   * What is wrong with the sum.
   *
   * @param prop the property that the limit follows from
   * @param usable connections that workloads may hold
   */
  problems(prop: string, usable: number): Problem[] {
    const held = [...this.claims.values()].reduce((sum, peak) => sum + peak, 0);
    // A single workload that holds too much is told so by its own plan.
    if (held <= usable || this.claims.size < 2) return [];
    const parts = [...this.claims].map(([path, peak]) => `${path} ${formatNumber(peak)}`).join(' + ');
    return [
      {
        prop,
        wanted: `must leave ${formatNumber(held)} connections to workloads at their peaks together: ${parts}`,
        got: formatNumber(usable),
        fix: 'Raise it, or lower connectionsPerPod, concurrency or scale.max of one of them.',
      },
    ];
  }
}
