import { ApiObject, type App, Chart, DependencyGraph } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../json-value';
import { lostRefinementProblems } from '../refine';
import { SpecError, type TreeProblem } from '../spec-error';
import { clusterProblems } from './cluster-rules';
import { schemaProblems } from './schema-problems';

/** An object and the document that it is written as. */
export interface RenderedObject {
  readonly object: ApiObject;
  readonly document: JsonObject;
}

/** A chart and its objects, dependencies first. */
export interface RenderedChart {
  readonly chart: Chart;
  readonly objects: readonly RenderedObject[];
}

/** What {@link renderCharts} gives. */
export interface RenderedTree {
  /** The charts, dependencies first. */
  readonly charts: readonly RenderedChart[];
  /** Whether a chart depends on another one, so that their order matters. */
  readonly ordered: boolean;
}

/**
 * Renders every object of an app once. (cdk8s' own `Chart.toJson` resolves and validates the whole app again for
 * every chart, which is quadratic.) The tree has to be valid.
 *
 * @throws SpecError with every refinement that did not arrive
 */
export function renderCharts(app: App): RenderedTree {
  const ordered = linkDependencies(app);
  const problems: TreeProblem[] = [];
  const charts = app.charts.map((chart) => ({
    chart,
    objects: objectsOf(chart).flatMap((object) => renderObject(object, problems)),
  }));
  if (problems.length === 0) problems.push(...clusterProblems(charts.flatMap(({ objects }) => objects)));
  if (problems.length > 0) throw new SpecError(problems);
  return { charts, ordered };
}

function renderObject(object: ApiObject, problems: TreeProblem[]): RenderedObject[] {
  try {
    const document: JsonObject = object.toJson();
    problems.push(...lostRefinementProblems(object, document), ...schemaProblems(object, document));
    return [{ object, document }];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

function objectsOf(chart: Chart): ApiObject[] {
  const inOrder = new DependencyGraph(chart.node).topology();
  return inOrder.filter(ApiObject.isApiObject).filter((object) => Chart.of(object) === chart);
}

/**
 * Turns dependencies between constructs into dependencies between their charts and objects, as cdk8s does.
 *
 * @returns whether a chart depends on another one
 */
function linkDependencies(app: App): boolean {
  const constructs = app.node.findAll();
  const pairs = constructs.flatMap((source) =>
    source.node.dependencies.map((target) => ({ source, target })),
  );
  let ordered = false;
  const dependOn = (source: Chart, target: Chart) => {
    if (source === target) return;
    source.node.addDependency(target);
    ordered = true;
  };
  for (const parent of constructs.filter(Chart.isChart)) {
    for (const child of parent.node.children.filter(Chart.isChart)) dependOn(parent, child);
  }
  for (const { source, target } of pairs) {
    dependOn(Chart.of(source), Chart.of(target));
    linkObjects(source, target);
  }
  return ordered;
}

function linkObjects(source: IConstruct, target: IConstruct): void {
  const targets = ownObjects(target);
  for (const object of ownObjects(source)) {
    for (const needed of targets) if (needed !== object) object.node.addDependency(needed);
  }
}

/** The objects below a construct that belong to the construct's own chart. */
function ownObjects(construct: IConstruct): ApiObject[] {
  const chart = Chart.of(construct);
  return construct.node
    .findAll()
    .filter(ApiObject.isApiObject)
    .filter((object) => Chart.of(object) === chart);
}
