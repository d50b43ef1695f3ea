import type { Environment } from '../environment/environment';
import type { RenderedChart } from './documents';

/** The charts of each environment, and those that stand in none, in the order that they have. */
export function byEnvironment(
  charts: readonly RenderedChart[],
): Map<Environment | undefined, RenderedChart[]> {
  const groups = new Map<Environment | undefined, RenderedChart[]>();
  for (const chart of charts) {
    const group = groups.get(chart.environment) ?? [];
    groups.set(chart.environment, group);
    group.push(chart);
  }
  return groups;
}
