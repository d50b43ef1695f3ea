import { ApiObject, type App, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { messageOf } from '../command-error';
import type { JsonObject } from '../json-value';
import { lostRefinementProblems } from '../refine';
import { SpecError, type TreeProblem } from '../spec-error';
import { byEnvironment } from './by-environment';
import { clusterProblems } from './cluster-rules';
import { contradictionProblems } from './contradictions';
import { dependencyLinks } from './dependency-links';
import { dependenciesFirst } from './dependency-order';
import { duplicateProblems } from './duplicates';
import { halfCharacterProblems } from './half-characters';
import { includeProblems } from './included';
import { listProblems } from './lists';
import { lossyFields } from './lossy-fields';
import { lostValueProblems } from './lost-values';
import { type MapperInputOf, notingMapperInput } from './mapper-input';
import { isKnownKind, schemaProblems } from './schema-problems';
import { type ChartSite, survey } from './survey';
import { withSyncWaves } from './sync-waves';
import { unwritableValueProblems } from './unwritable-values';
import type { Validated } from './validate-tree';

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
 * again for every chart, which is quadratic.) What is wrong in one environment hides nothing of the others; in one,
 * documents are rendered once its constructs are valid, and checked together once each of them is.
 *
 * @returns the charts, dependencies first
 * @throws SpecError with everything that is wrong: what the constructs find themselves, every value and refinement that
 * did not arrive, every object that is there twice, what the rules find, and dependencies that form a cycle
 */
export function renderCharts(app: App, validated: Validated): RenderedChart[] {
  if (validated.isUnsound) throw new SpecError(validated.problems);
  try {
    const rendered = renderSound(app, validated.unsound);
    if (validated.problems.length === 0) return rendered;
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError([...validated.problems, ...error.problems]);
    // A tree that is not valid may not be fit for more.
    if (validated.problems.length === 0) throw error;
  }
  throw new SpecError(validated.problems);
}

/** @param invalid environments that are left out */
function renderSound(app: App, invalid: Validated['unsound']): RenderedChart[] {
  const { constructs, charts } = survey(app);
  const links = dependencyLinks(app, { constructs, charts });
  const problems: TreeProblem[] = [];
  const unsound = new Set(invalid);
  const sites = dependenciesFirst(inGraphOrder(constructs), links)
    .flatMap((construct) => charts.get(construct) ?? [])
    .filter(({ environment }) => !invalid.has(environment));
  const rendered = notingMapperInput((inputOf) =>
    sites.map(({ chart, environment, start, end }) => {
      const before = problems.length;
      const objects = dependenciesFirst(constructs.slice(start, end), links)
        .filter(ApiObject.isApiObject)
        .filter((object) => object.chart === chart)
        .flatMap((object) => renderObject(object, inputOf, problems));
      if (problems.length > before) unsound.add(environment);
      return { chart, environment, objects, after: links.between.get(chart) ?? NO_CHARTS };
    }),
  );
  for (const [environment, group] of byEnvironment(rendered)) {
    const duplicates = duplicateProblems(group);
    if (duplicates.length > 0) unsound.add(environment);
    problems.push(...duplicates);
  }
  problems.push(...clusterProblems(rendered.filter(({ environment }) => !unsound.has(environment))));
  if (problems.length > 0) throw new SpecError(problems);
  return withSyncWaves(rendered);
}

function renderObject(object: ApiObject, inputOf: MapperInputOf, problems: TreeProblem[]): RenderedObject[] {
  const lossy = lossyFields(object, () => isKnownKind(object));
  problems.push(...includeProblems(object), ...lossy.problems);
  if (!lossy.renders) return [];
  try {
    const document: JsonObject = object.toJson();
    problems.push(
      ...lostValueProblems(object, inputOf(object), document),
      ...lostRefinementProblems(object, document),
      ...listProblems(object, document),
      ...schemaProblems(object, document),
      ...halfCharacterProblems(object, document),
      ...unwritableValueProblems(object, document),
      ...contradictionProblems(object, document),
    );
    return [{ object, document }];
  } catch (error) {
    problems.push(...(error instanceof SpecError ? error.problems : [unrenderable(object, error)]));
    return [];
  }
}

function unrenderable({ node, kind }: ApiObject, error: unknown): TreeProblem {
  const got = messageOf(error).replace(/^Failed serializing construct at path '.*?' with name '.*?': /, '');
  return {
    path: node.path,
    message: `${kind} must render to a document, got ${got.trimEnd().replace(/\.$/, '')}. Correct what it is made from.`,
  };
}

/** cdk8s keeps constructs by their path in an object, where paths that are whole numbers come first. */
function inGraphOrder(constructs: readonly IConstruct[]): readonly IConstruct[] {
  const isNumber = ({ node }: IConstruct) => String(Number.parseInt(node.path, 10)) === node.path;
  if (!constructs.some(isNumber)) return constructs;
  return Object.values(Object.fromEntries(constructs.map((construct) => [construct.node.path, construct])));
}
