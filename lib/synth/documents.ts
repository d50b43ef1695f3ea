import { ApiObject, type App, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../json-value';
import { lostRefinementProblems } from '../refine';
import { SpecError, type TreeProblem } from '../spec-error';
import { clusterProblems } from './cluster-rules';
import { type DependencyLinks, dependencyLinks } from './dependency-links';
import { dependenciesFirst } from './dependency-order';
import { duplicateProblems } from './duplicates';
import { schemaProblems } from './schema-problems';
import { type ChartSite, survey } from './survey';

/** An object and the document that it is written as. */
export interface RenderedObject {
  readonly object: ApiObject;
  readonly document: JsonObject;
}

/** A chart and its objects, dependencies first. */
export interface RenderedChart extends Pick<ChartSite, 'chart' | 'environment'> {
  readonly objects: readonly RenderedObject[];
  /** The charts that it has to be applied after. */
  readonly after: ReadonlySet<Chart>;
}

const NO_CHARTS: ReadonlySet<Chart> = new Set();

/**
 * Renders every object of an app once, in one pass. (cdk8s' own `Chart.toJson` resolves and validates the whole app
 * again for every chart, which is quadratic.) The tree has to be valid.
 *
 * @returns the charts, dependencies first
 * @throws SpecError with every refinement that did not arrive and every object that is there twice, and when
 * dependencies form a cycle
 */
export function renderCharts(app: App): RenderedChart[] {
  const { constructs, charts } = survey(app);
  const links = dependencyLinks(app, { constructs, charts });
  const problems: TreeProblem[] = [];
  const rendered = dependenciesFirst(inGraphOrder(constructs), links).flatMap((construct) => {
    const site = charts.get(construct);
    return site === undefined
      ? []
      : [renderChart(site, constructs.slice(site.start, site.end), links, problems)];
  });
  problems.push(...duplicateProblems(rendered));
  if (problems.length === 0) problems.push(...clusterProblems(rendered));
  if (problems.length > 0) throw new SpecError(problems);
  return rendered;
}

function renderChart(
  { chart, environment }: ChartSite,
  constructs: readonly IConstruct[],
  links: DependencyLinks,
  problems: TreeProblem[],
): RenderedChart {
  const objects = dependenciesFirst(constructs, links)
    .filter(ApiObject.isApiObject)
    .filter((object) => object.chart === chart)
    .flatMap((object) => renderObject(object, problems));
  return { chart, environment, objects, after: links.between.get(chart) ?? NO_CHARTS };
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

/** cdk8s keeps constructs by their path in an object, where paths that are whole numbers come first. */
function inGraphOrder(constructs: readonly IConstruct[]): readonly IConstruct[] {
  const isNumber = ({ node }: IConstruct) => String(Number.parseInt(node.path, 10)) === node.path;
  if (!constructs.some(isNumber)) return constructs;
  return Object.values(Object.fromEntries(constructs.map((construct) => [construct.node.path, construct])));
}
