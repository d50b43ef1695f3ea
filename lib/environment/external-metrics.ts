import type { IConstruct } from 'constructs';
import { formatProblem, type Problem } from '../plan/problem';
import { Environment } from './environment';
import type { ExternalMetricsOwner } from './props';

/** A workload whose autoscaler asks external.metrics.k8s.io. */
interface User {
  readonly path: string;
  /** Who has to serve it. */
  readonly owner: ExternalMetricsOwner;
}

const usersOf = new WeakMap<IConstruct, User[]>();

/**
 * Tells that the autoscaler of a workload asks external.metrics.k8s.io. A cluster has one server of it, so all workloads of
 * an environment have to need the same one, and the one that the environment fixes; what contradicts is a problem.
 */
export function useExternalMetrics(workload: IConstruct, owner: ExternalMetricsOwner): void {
  const environment = Environment.find(workload);
  const place = environment ?? workload.node.root;
  const users = usersOf.get(place) ?? [];
  if (users.length === 0) {
    usersOf.set(place, users);
    const fixed = environment?.externalMetrics;
    if (fixed === undefined) {
      place.node.addValidation({ validate: () => checkOwners(users).map(formatProblem) });
    }
  }
  users.push({ path: workload.node.path, owner });
}

/** Names one workload of each owner: the first ones. */
function checkOwners(users: readonly User[]): Problem[] {
  const first = new Map<ExternalMetricsOwner, User>();
  for (const user of users) if (!first.has(user.owner)) first.set(user.owner, user);
  const adapter = first.get('prometheus-adapter');
  const keda = first.get('keda');
  if (adapter === undefined || keda === undefined) return [];
  return [
    {
      prop: 'externalMetrics',
      wanted: 'must be of one owner, since a cluster has one external.metrics.k8s.io',
      got: `prometheus-adapter for ${adapter.path} and keda for ${keda.path}`,
      fix: "Set externalMetrics: 'keda' on their Environment, so that KEDA scales both, or take by: 'keda' out.",
    },
  ];
}

/** What is wrong with the owner that a workload asks for, where its environment fixes another one. */
export function checkExternalMetrics(workload: IConstruct, owner: ExternalMetricsOwner): Problem[] {
  const fixed = Environment.find(workload)?.externalMetrics;
  if (fixed === undefined || fixed === owner) return [];
  return [
    {
      prop: 'scale.by',
      wanted: `must be '${fixed === 'keda' ? 'keda' : 'hpa'}' where the environment's externalMetrics is '${fixed}', since a cluster has one external.metrics.k8s.io`,
      got: `'${owner === 'keda' ? 'keda' : 'hpa'}'`,
      fix: "Leave it out, or change the environment's externalMetrics.",
    },
  ];
}
