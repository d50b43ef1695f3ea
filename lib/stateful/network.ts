import type { Construct } from 'constructs';
import type { Connection } from '../network/endpoint';
import { NetworkAccess } from '../network/network-access';
import type { Egress } from '../network/peer';
import { connectNetwork } from '../workload/connect';
import { workloadSelector } from '../workload/labels';
import type { StatefulPort } from './props';

/** What the NetworkAccess of a stateful service is made from. */
export interface StatefulNetworkInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of all containers. */
  readonly ports: readonly StatefulPort[];
  readonly egress: readonly Egress[];
  readonly connections: readonly Connection[];
}

/**
 * Closes the members but for what they need: each other on the peers' ports, and open ports for every pod of the
 * cluster. Clients are let in as they are connected.
 */
export function statefulNetwork(scope: Construct, input: StatefulNetworkInput): NetworkAccess {
  const { name, labels, ports, egress, connections } = input;
  const pods = workloadSelector(name);
  const numbers = (chosen: (port: StatefulPort) => boolean | undefined) =>
    ports.filter((port) => chosen(port) ?? false).map(({ number }) => number);
  const among = numbers(({ peers }) => peers);
  const open = numbers((port) => port.open);
  const access = new NetworkAccess(scope, 'NetworkPolicy', {
    name,
    labels,
    pods,
    ingress: [
      ...(among.length > 0 ? [{ pods, ports: among }] : []),
      ...(open.length > 0 ? [{ all: 'cluster', ports: open } as const] : []),
    ],
    owner: scope,
    egress,
  });
  if (among.length > 0) access.allowTo({ pods, ports: among });
  connectNetwork(access, connections);
  return access;
}
