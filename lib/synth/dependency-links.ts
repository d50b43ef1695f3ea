import { type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { SpecError, type TreeProblem } from '../spec-error';
import type { Survey } from './survey';

/** What depends on what in a tree. */
export interface DependencyLinks {
  /**
   * The constructs that one depends on itself, in the order of cdk8s: those that the program names; for a chart also
   * the charts directly in it, and those that something in it depends on.
   */
  readonly of: (construct: IConstruct) => readonly IConstruct[];
  /** The charts that a chart has to be applied after. */
  readonly between: ReadonlyMap<IConstruct, ReadonlySet<Chart>>;
}

const NONE: readonly IConstruct[] = [];

/**
 * Finds the dependencies of a tree. (cdk8s writes them into the tree, each object of one construct against each
 * object of the other; here the tree stays as it is.)
 *
 * @throws SpecError when a dependency starts at or leads to a construct outside of all charts
 */
export function dependencyLinks(app: App, { constructs, charts }: Survey): DependencyLinks {
  const named = new Map<IConstruct, readonly IConstruct[]>();
  for (const construct of constructs) {
    const targets = construct.node.dependencies;
    if (targets.length > 0) named.set(construct, targets);
  }
  refuseChartless(named);

  const between = new Map<IConstruct, Set<Chart>>();
  const link = (source: Chart, target: Chart) => {
    if (source === target) return;
    const targets = between.get(source) ?? new Set();
    between.set(source, targets.add(target));
  };
  for (const { chart } of charts.values()) {
    for (const child of chart.node.children) if (Chart.isChart(child)) link(chart, child);
  }
  for (const [source, targets] of named) {
    for (const target of targets) link(Chart.of(source), Chart.of(target));
  }

  const all = new Map(named);
  for (const [chart, targets] of between) all.set(chart, [...(named.get(chart) ?? NONE), ...targets]);
  const isInTree = (construct: IConstruct) => construct.node.root === app;
  for (const [source, targets] of all) all.set(source, targets.filter(isInTree));
  return { of: (construct) => all.get(construct) ?? NONE, between };
}

function refuseChartless(named: ReadonlyMap<IConstruct, readonly IConstruct[]>): void {
  const problems: TreeProblem[] = [];
  for (const [source, targets] of named) {
    for (const outside of [source, ...targets].filter((it) => !it.node.scopes.some(Chart.isChart))) {
      problems.push({
        path: source.node.path,
        message:
          `dependencies must start at and lead to something in a chart, got ${outside.node.path || 'the app'}. ` +
          'Name the charts in it.',
      });
    }
  }
  if (problems.length > 0) throw new SpecError(problems);
}
