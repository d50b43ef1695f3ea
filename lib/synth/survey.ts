import { ApiObject, type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Environment } from '../environment/environment';

/** A chart, and where its part of the tree is. */
export interface ChartSite {
  readonly chart: Chart;
  /** The environment that it stands in; `undefined` when it stands in none. */
  readonly environment: Environment | undefined;
  /** Number of the chart in the order of the tree. */
  readonly start: number;
  /** Number after that of the last construct below it. */
  readonly end: number;
}

/** A tree, walked once. */
export interface Survey {
  /** Every construct, in the order of the tree. */
  readonly constructs: readonly IConstruct[];
  readonly charts: ReadonlyMap<IConstruct, ChartSite>;
}

/** Walks a tree, and tells where its charts are. */
export function survey(app: App): Survey {
  const constructs: IConstruct[] = [];
  const charts = new Map<IConstruct, ChartSite>();
  const visit = (construct: IConstruct, around: Environment | undefined) => {
    const environment = construct instanceof Environment ? construct : around;
    const start = constructs.push(construct) - 1;
    for (const child of construct.node.children) visit(child, environment);
    if (!Chart.isChart(construct)) return;
    charts.set(construct, { chart: construct, environment, start, end: constructs.length });
  };
  visit(app, undefined);
  return { constructs, charts };
}

/** The objects below a construct that belong to the construct's own chart, in the order of the tree. */
export function ownObjects(construct: IConstruct): ApiObject[] {
  const below = construct.node.children.filter((child) => !Chart.isChart(child)).flatMap(ownObjects);
  return ApiObject.isApiObject(construct) ? [construct, ...below] : below;
}
