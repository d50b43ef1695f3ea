import { isAcknowledged } from '../acknowledge';
import { RULES } from '../check';
import type { CheckedDocument, NodeShape } from '../check/rule';
import type { Environment } from '../environment/environment';
import { formatProblem } from '../plan/problem';
import type { TreeProblem } from '../spec-error';
import { byEnvironment } from './by-environment';
import type { RenderedChart, RenderedObject } from './documents';

/** What the rules of lib/check find in the documents of an app, cluster by cluster, less what is acknowledged. */
export function clusterProblems(charts: readonly RenderedChart[]): TreeProblem[] {
  return [...byEnvironment(charts)].flatMap(([environment, group]) => {
    const objects = group.flatMap((chart) => chart.objects);
    const origins = new Map<CheckedDocument, RenderedObject>(
      objects.map((rendered) => [checkedDocument(rendered), rendered]),
    );
    const levels = (environment?.namespaces ?? []).map(({ name, podSecurity }) => [name, podSecurity]);
    const cluster = {
      documents: [...origins.keys()],
      nodePools: shapesOf(environment),
      podSecurity: Object.fromEntries(levels),
    };
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

/** Paths are long to make, and only those of findings are asked for. */
function checkedDocument(rendered: RenderedObject): CheckedDocument {
  return {
    document: rendered.document,
    get path() {
      return pathOf(rendered);
    },
  };
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
