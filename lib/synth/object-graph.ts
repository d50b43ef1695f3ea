import { type ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../json-value';
import { within } from '../plan/fields';
import type { RenderedChart } from './documents';
import { identityOf } from './identity';
import { ownObjects } from './survey';

/** A document, where in the program it comes from, and what has to be in the cluster before it. */
export interface SynthesizedObject {
  /** What is written to `dist/`. */
  readonly document: JsonObject;
  /**
   * Path of the construct that it comes from, such as `dev/darkroom/develop/Deployment`; the inner `Resource` of
   * cdk8s-plus-27 is left out.
   */
  readonly path: string;
  /**
   * What has to be in the cluster first: what the program says (`node.addDependency`, `chart.addDependency`, charts in
   * a chart), the Namespace that it lies in, and the CustomResourceDefinition of its kind. There are no circles, and
   * each stands before what depends on it in the list of all objects.
   */
  readonly dependsOn: readonly SynthesizedObject[];
}

interface Node extends SynthesizedObject {
  readonly object: ApiObject;
  readonly dependsOn: Node[];
}

type TargetsOf = (node: Node) => readonly Node[];

/**
 * The objects of charts with their dependencies, dependencies first. Constructs are only read.
 *
 * @param charts all charts of an app, or those of an environment: dependencies on objects of others are left out
 */
export function objectGraph(charts: readonly RenderedChart[]): readonly SynthesizedObject[] {
  const nodes = charts.flatMap(({ objects }) =>
    objects.map(({ object, document }): Node => ({ object, document, path: pathOf(object), dependsOn: [] })),
  );
  const [named, implied] = [namedTargets(nodes), impliedTargets(nodes)];
  const sorted = new Set<Node>();
  const open = new Set<Node>();
  const add = (node: Node) => {
    if (sorted.has(node) || open.has(node)) return;
    open.add(node);
    for (const target of new Set([...implied(node), ...named(node)])) {
      add(target);
      // What is still open is on a circle: of a Namespace that is to come after something in it, say.
      if (sorted.has(target)) node.dependsOn.push(target);
    }
    open.delete(node);
    sorted.add(node);
  };
  for (const node of nodes) add(node);
  return [...sorted];
}

/** The construct that a user made: the object itself is its `Resource`. */
function pathOf({ node }: ApiObject): string {
  return node.id === 'Resource' && node.scope !== undefined ? node.scope.node.path : node.path;
}

/** What the program says itself, at the object or at what is around it in its chart. */
function namedTargets(nodes: readonly Node[]): TargetsOf {
  const byObject = new Map<IConstruct, Node>(nodes.map((node) => [node.object, node]));
  const targets = new Map<IConstruct, readonly Node[]>();
  const targetsOf = (construct: IConstruct): readonly Node[] => {
    const nested = Chart.isChart(construct) ? construct.node.children.filter(Chart.isChart) : [];
    const found =
      targets.get(construct) ??
      [...nested, ...construct.node.dependencies]
        .flatMap(ownObjects)
        .flatMap((object) => byObject.get(object) ?? []);
    targets.set(construct, found);
    return found;
  };
  return (node) => {
    const { scopes } = node.object.node;
    const around = scopes.slice(scopes.findLastIndex(Chart.isChart));
    return around.flatMap(targetsOf).filter((target) => target !== node);
  };
}

/** What an API server asks for: the namespace of an object, and the definition of its kind. */
function impliedTargets(nodes: readonly Node[]): TargetsOf {
  const namespaces = new Map<string, Node>();
  const definitions = new Map<string, Node>();
  for (const node of nodes) {
    const { group, kind, name } = identityOf(node.document);
    if (kind === 'Namespace' && group === '') namespaces.set(name, node);
    if (kind !== 'CustomResourceDefinition') continue;
    const { spec } = node.document;
    definitions.set(`${within(spec, 'names', 'kind')}.${within(spec, 'group')}`, node);
  }
  return ({ document }) => {
    const { group, kind, namespace } = identityOf(document);
    const around = namespace === undefined ? undefined : namespaces.get(namespace);
    return [around, definitions.get(`${kind}.${group}`)].filter((it) => it !== undefined);
  };
}
