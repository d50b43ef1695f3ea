import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { TaskSource } from '../source';
import { PORTS, workerSelector } from './names';
import type { Egress } from './props';

const DNS_PORT = 53;

/** What a worker's NetworkPolicy is made from. */
export interface NetworkPolicyInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: TaskSource;
  readonly egress: readonly Egress[];
}

/**
 * Closes a worker's pods but for what they need. In: metrics from any pod of the cluster, and tasks from pods of the
 * namespace. Out: DNS, and what the program names. Policies add up, so `deployment.connections` opens more.
 * (Probes come from the node, which a policy does not keep out.)
 */
export function workerNetworkPolicy(
  scope: Construct,
  { name, labels, source, egress }: NetworkPolicyInput,
): k8s.KubeNetworkPolicy {
  return new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name, labels: { ...labels } },
    spec: {
      podSelector: { matchLabels: workerSelector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: {} }], ports: [tcp(PORTS.metrics.number)] },
        ...(source.kind === 'memory'
          ? [{ from: [{ podSelector: {} }], ports: [tcp(PORTS.intake.number)] }]
          : []),
      ],
      egress: [
        { to: [{ namespaceSelector: {} }], ports: [port('UDP', DNS_PORT), port('TCP', DNS_PORT)] },
        ...egress.map(egressRule),
      ],
    },
  });
}

function egressRule(egress: Egress): k8s.NetworkPolicyEgressRule {
  return { to: [peer(egress)], ports: egress.ports.map(tcp) };
}

function peer(egress: Egress): k8s.NetworkPolicyPeer {
  if ('cidr' in egress) {
    const { cidr, except } = egress;
    return { ipBlock: { cidr, ...(except !== undefined && { except: [...except] }) } };
  }
  const { pods, namespace } = egress;
  return {
    podSelector: { matchLabels: { ...pods } },
    ...(namespace !== undefined && { namespaceSelector: { matchLabels: { ...namespace } } }),
  };
}

function tcp(number: number): k8s.NetworkPolicyPort {
  return port('TCP', number);
}

function port(protocol: 'TCP' | 'UDP', number: number): k8s.NetworkPolicyPort {
  return { protocol, port: k8s.IntOrString.fromNumber(number) };
}
