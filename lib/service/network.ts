import type { Construct } from 'constructs';
import type { Environment } from '../environment/environment';
import { checkIngress } from '../network/check-rules';
import type { Connection } from '../network/endpoint';
import { NetworkAccess } from '../network/network-access';
import type { Egress, Ingress } from '../network/peer';
import { connectNetwork } from '../workload/connect';
import { workloadSelector } from '../workload/labels';
import { PORTS } from './names';
import type { WebServiceProps } from './props';

/** What a service's NetworkAccess is made from. */
export interface ServiceNetworkInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly props: WebServiceProps;
  readonly place: Environment | undefined;
  readonly egress: readonly Egress[];
  readonly connections: readonly Connection[];
}

/**
 * Closes a service's pods but for what they need. In: metrics from any pod of the cluster, and requests from the
 * environment's entry, from a load balancer of the service's own, and from whoever is connected. Out: DNS, what the
 * program names, and what the service is connected to.
 */
export function serviceNetwork(scope: Construct, input: ServiceNetworkInput): NetworkAccess {
  const { name, labels, props, place, egress, connections } = input;
  const access = new NetworkAccess(scope, 'NetworkPolicy', {
    name,
    labels,
    pods: workloadSelector(name),
    ingress: [
      { all: 'cluster', ports: [PORTS.metrics.number] },
      ...(props.expose === undefined ? [] : entryRules(place)),
      ...(props.loadBalancer === undefined ? [] : EVERYWHERE),
    ],
    egress,
    owner: scope,
  });
  connectNetwork(access, connections);
  return access;
}

/**
 * Load balancers and nodes put addresses of their own in place of the client's, so a policy cannot tell clients apart;
 * the Service's own list of ranges does.
 */
const EVERYWHERE: readonly Ingress[] = ['0.0.0.0/0', '::/0'].map((cidr) => ({
  cidr,
  ports: [PORTS.http.number],
}));

/** Mistakes in the entry are the environment's to list. */
function entryRules(place: Environment | undefined): Ingress[] {
  const from = place?.entry?.from ?? [{ all: 'cluster' as const }];
  const rules = from.map((source): Ingress => ({ ...source, ports: [PORTS.http.number] }));
  return rules.filter((rule) => checkIngress([rule]).length === 0);
}
