import type { Construct } from 'constructs';
import type { Connection } from '../network/endpoint';
import { NetworkAccess } from '../network/network-access';
import type { Egress } from '../network/peer';
import { connectNetwork } from '../workload/connect';
import { workloadSelector } from '../workload/labels';
import { PORTS } from './names';

/** What a worker's NetworkAccess is made from. */
export interface WorkerNetworkInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether tasks are pushed to the pods. */
  readonly takesTasks: boolean;
  readonly egress: readonly Egress[];
  readonly connections: readonly Connection[];
}

/**
 * Closes a worker's pods but for what they need. In: metrics from any pod of the cluster, and tasks from pods of the
 * namespace. Out: DNS, what the program names, and what the worker is connected to.
 */
export function workerNetwork(scope: Construct, input: WorkerNetworkInput): NetworkAccess {
  const { name, labels, takesTasks, egress, connections } = input;
  const access = new NetworkAccess(scope, 'NetworkPolicy', {
    name,
    labels,
    pods: workloadSelector(name),
    ingress: [
      { all: 'cluster', ports: [PORTS.metrics.number] },
      ...(takesTasks ? [{ all: 'namespace', ports: [PORTS.intake.number] } as const] : []),
    ],
    egress,
    owner: scope,
  });
  connectNetwork(access, connections);
  return access;
}
