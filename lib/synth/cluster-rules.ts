import { isAcknowledged } from '../acknowledge';
import { RULES } from '../check';
import type { CheckedDocument, NodeShape } from '../check/rule';
import { Environment } from '../environment/environment';
import { formatProblem } from '../plan/problem';
import type { TreeProblem } from '../spec-error';
import type { RenderedObject } from './documents';

/** What the rules of lib/check find in the documents of an app, cluster by cluster, less what is acknowledged. */
export function clusterProblems(objects: readonly RenderedObject[]): TreeProblem[] {
  return [...byEnvironment(objects)].flatMap(([environment, group]) => {
    const origins = new Map<CheckedDocument, RenderedObject>(
      group.map((rendered) => [{ path: pathOf(rendered), document: rendered.document }, rendered]),
    );
    const cluster = { documents: [...origins.keys()], nodePools: shapesOf(environment) };
    return RULES.flatMap((rule) =>
      rule
        .find(cluster)
        .filter(({ at, with: others = [] }) =>
          [at, ...others].every((document) => {
            const object = origins.get(document)?.object;
            return object === undefined || !isAcknowledged(object, rule.id);
          }),
        )
        .map(({ at, problem }) => ({ path: at.path, message: formatProblem(problem) })),
    );
  });
}

function byEnvironment(objects: readonly RenderedObject[]): Map<Environment | undefined, RenderedObject[]> {
  const groups = new Map<Environment | undefined, RenderedObject[]>();
  for (const rendered of objects) {
    const environment = Environment.find(rendered.object);
    const group = groups.get(environment) ?? [];
    groups.set(environment, group);
    group.push(rendered);
  }
  return groups;
}

/** The construct that a user made: the object itself is its `Resource`. */
function pathOf({ object }: RenderedObject): string {
  const { scope, path, id } = object.node;
  return id === 'Resource' && scope !== undefined ? scope.node.path : path;
}

function shapesOf(environment: Environment | undefined): NodeShape[] | undefined {
  const pools = environment?.nodePools ?? [];
  return pools.length === 0
    ? undefined
    : pools.map(({ labels, taints = [], nodes }) => ({ labels, taints, most: nodes.max }));
}
