import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Certificate, IngressEntry } from '../../environment/props';
import type { JsonObject } from '../../json-value';
import { PORTS } from '../names';
import type { Way } from './ways';

/** What the Ingress of a service is made from. */
export interface IngressInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ways: readonly Way[];
  readonly entry: IngressEntry;
  readonly tls: Certificate | 'none';
}

/** An Ingress of the environment's class. It names the port of the Service, whose number may change. */
export function entryIngress(scope: Construct, input: IngressInput): ApiObject {
  const { name, labels, ways, entry, tls } = input;
  const annotations = { ...issuerAnnotation(tls), ...input.annotations };
  return new ApiObject(scope, 'Ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      labels: { ...labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      ingressClassName: entry.class,
      rules: ways.map(({ host, paths }) => ({
        host,
        http: { paths: paths.map((path) => rule(name, path)) },
      })),
      ...(tls !== 'none' && {
        tls: [{ hosts: ways.map(({ host }) => host), secretName: secretName(name, tls) }],
      }),
    },
  });
}

function rule(name: string, path: string): JsonObject {
  return {
    backend: { service: { name, port: { name: PORTS.http.name } } },
    path,
    pathType: 'Prefix',
  };
}

function secretName(name: string, tls: Certificate): string {
  return 'secretName' in tls ? tls.secretName : `${name}-tls`;
}

/** cert-manager makes the Secret that the Ingress names. */
function issuerAnnotation(tls: Certificate | 'none'): Record<string, string> {
  if (tls === 'none' || 'secretName' in tls) return {};
  return 'issuer' in tls
    ? { 'cert-manager.io/issuer': tls.issuer }
    : { 'cert-manager.io/cluster-issuer': tls.clusterIssuer };
}
