import type { Connection } from '../../network/endpoint';
import type { Downstream } from '../../worker/downstream';
import type { SharedConnections } from './shared-connections';

/** Connections that one workload holds; what is left out is 0. */
export interface ConnectionBudgetOptions {
  /**
   * Connections that each pod may hold, as its pool of connections is bounded.
   * @default 0
   */
  readonly connectionsPerPod?: number;
  /**
   * Connections that each running task holds.
   * @default 1, or 0 when `connectionsPerPod` is given
   */
  readonly connectionsPerTask?: number;
}

/** What a budget of connections is made from. */
export interface ConnectionBudgetInput extends ConnectionBudgetOptions {
  readonly name: string;
  /** Connections that workloads may hold. */
  readonly usable: number;
  readonly connection: Connection;
  readonly shared: SharedConnections;
}

/** A budget of connections for a workload's `downstream`. */
export function connectionBudget(input: ConnectionBudgetInput): Downstream {
  const { name, usable, connectionsPerPod, connectionsPerTask, connection, shared } = input;
  return {
    name,
    limit: usable,
    ...(connectionsPerPod !== undefined && { perPod: connectionsPerPod }),
    ...(connectionsPerTask !== undefined && { perTask: connectionsPerTask }),
    calls: { perPod: 'connectionsPerPod', limit: `maxConnections of ${name}` },
    connection,
    claim: shared.claim,
  };
}
