import type { JsonObject } from '../json-value';
import type { Egress, Ingress } from './peer';

const DNS_PORT = 53;

/** The rule of a NetworkPolicy that lets pods call. */
export function egressRule(egress: Egress): JsonObject {
  return { ports: egress.ports.map(tcp), to: [peer(egress)] };
}

/** The rule of a NetworkPolicy that lets pods be called. */
export function ingressRule(ingress: Ingress): JsonObject {
  return { from: [caller(ingress)], ports: ingress.ports.map(tcp) };
}

/** Names are asked for at whatever serves DNS in the cluster. */
export const DNS_RULE: JsonObject = {
  ports: [port('UDP', DNS_PORT), port('TCP', DNS_PORT)],
  to: [{ namespaceSelector: {} }],
};

type Peer = Egress | Exclude<Ingress, { readonly all: string }>;

function caller(ingress: Ingress): JsonObject {
  if (!('all' in ingress)) return peer(ingress);
  return ingress.all === 'cluster' ? { namespaceSelector: {} } : { podSelector: {} };
}

function peer(it: Peer): JsonObject {
  if ('cidr' in it) {
    const { cidr, except } = it;
    return { ipBlock: { cidr, ...(except !== undefined && { except: [...except] }) } };
  }
  const { pods, namespace } = it;
  return {
    ...(namespace !== undefined && { namespaceSelector: { matchLabels: { ...namespace } } }),
    podSelector: { matchLabels: { ...pods } },
  };
}

function tcp(number: number): JsonObject {
  return port('TCP', number);
}

function port(protocol: 'TCP' | 'UDP', number: number): JsonObject {
  return { port: number, protocol };
}
