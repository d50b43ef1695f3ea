import { ApiObject, Chart } from 'cdk8s';
import type { Problem } from '../plan/problem';
import { isNamespaced } from '../schema';
import type { Environment } from './environment';

/** Objects of one chart that lie in one namespace, or in none. */
interface Group {
  readonly chart: Chart;
  readonly namespace: string | undefined;
  readonly kinds: Set<string>;
}

/**
 * What is wrong with where the objects of an environment's charts lie. Without a namespace they land wherever the
 * deployer's context points to; in one that the environment does not make they find no Pod Security level, no quota
 * and no closed network.
 */
export function checkCharts(environment: Environment): Problem[] {
  const known = new Set(environment.namespaces.map(({ name }) => name));
  return groupsBelow(environment).flatMap(({ chart, namespace, kinds }) => {
    const prop = `chart ${chart.node.path}: namespace`;
    const objects = [...kinds].sort().join(', ');
    if (namespace === undefined) {
      return {
        prop,
        wanted: `must be given, since it holds ${objects}`,
        got: 'none',
        fix: `Make it with new Chart(environment, ${JSON.stringify(chart.node.id)}, { namespace: environment.namespace }).`,
      };
    }
    if (known.has(namespace)) return [];
    return {
      prop,
      wanted: `must be one that the environment makes (${[...known].join(', ')}), since it holds ${objects}`,
      got: namespace,
      fix: `Add { name: ${JSON.stringify(namespace)} } to its namespaces, with existing: true if somebody else makes it.`,
    };
  });
}

function groupsBelow(environment: Environment): Group[] {
  const groups = new Map<string, Group>();
  for (const object of environment.node.findAll().filter(ApiObject.isApiObject)) {
    const { namespace } = object.metadata;
    const scope = isNamespaced(object.apiVersion, object.kind);
    if (scope === false || (scope === undefined && namespace === undefined)) continue;
    const chart = Chart.of(object);
    const key = JSON.stringify([chart.node.path, namespace]);
    const group = groups.get(key) ?? { chart, namespace, kinds: new Set() };
    groups.set(key, group);
    group.kinds.add(object.kind);
  }
  return [...groups.values()];
}
