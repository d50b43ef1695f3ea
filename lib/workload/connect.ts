import type { EnvValue } from 'cdk8s-plus-27';
import type { Connection } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import type { Problem } from '../plan/problem';

/** Variables of a workload's connections, and what is wrong with them. */
export interface ConnectedEnvironment {
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly problems: readonly Problem[];
}

/**
 * The variables that connections bring. One connection may be named several times; two connections that set the same
 * variable are a problem.
 */
export function connectedEnvironment(connections: readonly Connection[]): ConnectedEnvironment {
  const owners = new Map<string, Connection>();
  const env: Record<string, EnvValue> = {};
  const problems: Problem[] = [];
  for (const connection of new Set(connections)) {
    for (const [variable, value] of Object.entries(connection.env)) {
      const other = owners.get(variable);
      if (other !== undefined && other.name !== connection.name) {
        problems.push({
          prop: 'connections',
          wanted: `must set ${variable} once`,
          got: `${other.name} and ${connection.name}`,
          fix: 'Rename one of the two servers, whose names the variables begin with.',
        });
      }
      owners.set(variable, connection);
      env[variable] = value;
    }
  }
  return { env, problems };
}

/** Opens the way from a workload's pods to what they are connected to, on both sides. */
export function connectNetwork(access: NetworkAccess, connections: readonly Connection[]): void {
  for (const endpoint of connections.flatMap(({ endpoints }) => endpoints)) access.allowCall(endpoint);
}
