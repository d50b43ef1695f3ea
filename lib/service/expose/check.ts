import type { Construct } from 'constructs';
import { checkCertificate } from '../../environment/check-entry';
import type { Environment } from '../../environment/environment';
import type { Certificate, GatewayEntry, IngressEntry } from '../../environment/props';
import type { Problem } from '../../plan/problem';
import { memberText, valueText } from '../../workload/value-text';
import { type Protocol, speaksGrpc, speaksGrpcOnly } from '../protocol';
import { checkClaims } from './claims';
import { isHost } from './hosts';
import type { WebServiceExposure } from './props';
import { waysOf } from './ways';

/** What is wrong with how a service is reached from outside of the cluster. */
export function checkExposure(
  service: Construct,
  expose: WebServiceExposure,
  protocols: readonly Protocol[],
  place: Environment | undefined,
): Problem[] {
  const entry = place?.entry;
  if (place === undefined || entry === undefined) return [noEntry(place)];
  const ways = waysOf(expose, protocols);
  const isGateway = entry.kind === 'gateway';
  return [
    ...checkHosts(expose, protocols),
    ...checkPaths(expose, protocols),
    ...checkAnnotations(expose),
    ...(isGateway ? checkGateway(expose, entry) : checkIngress(expose, entry, protocols)),
    ...checkClaims(place, service.node.path, ways, isGateway),
  ];
}

function noEntry(place: Environment | undefined): Problem {
  return {
    prop: 'expose',
    wanted: 'must come with an entry of the environment, through which requests reach the cluster',
    got: place === undefined ? 'no Environment around the service' : `none in ${place.name}`,
    fix:
      "Give the Environment entry: { kind: 'gateway', name } or { kind: 'ingress', class }; or leave expose out, and " +
      'take loadBalancer.',
  };
}

function checkHosts({ host, grpcHost }: WebServiceExposure, protocols: readonly Protocol[]): Problem[] {
  const problems = [
    ...(isHost(host) ? [] : [noHost('expose.host', host)]),
    ...(grpcHost === undefined || isHost(grpcHost) ? [] : [noHost('expose.grpcHost', grpcHost)]),
  ];
  if (grpcHost === undefined) return problems;
  if (!speaksGrpc(protocols) || speaksGrpcOnly(protocols)) {
    const wanted = 'must be left out unless gRPC is spoken beside another protocol';
    const fix = "Name the host in expose.host, or correct protocols: gRPC is 'grpc'.";
    return [...problems, { prop: 'expose.grpcHost', wanted, got: protocols.join(', '), fix }];
  }
  if (grpcHost !== host) return problems;
  const wanted = 'must differ from expose.host';
  return [...problems, { prop: 'expose.grpcHost', wanted, got: grpcHost, fix: 'Leave it out.' }];
}

function noHost(prop: string, got: unknown): Problem {
  return {
    prop,
    wanted: 'must be a DNS name in lower case, such as photos.example.com or *.example.com',
    got: valueText(got),
    fix: 'Write the host alone: no scheme, no port, no path, no address.',
  };
}

function checkPaths({ paths }: WebServiceExposure, protocols: readonly Protocol[]): Problem[] {
  if (paths === undefined) return [];
  if (speaksGrpcOnly(protocols)) {
    const wanted = 'must be left out with gRPC alone, whose paths are those of its services';
    return [{ prop: 'expose.paths', wanted, got: paths.join(', '), fix: 'Leave it out.' }];
  }
  if (paths.length === 0) {
    const wanted = 'must be one path or more';
    return [{ prop: 'expose.paths', wanted, got: 'none', fix: "Leave it out for '/', which is all." }];
  }
  return paths.flatMap((path, index) => {
    const prop = `expose.paths[${index}]`;
    if (!isPath(path)) {
      const wanted = 'must be a path from / on, without empty segments, dots as segments, %2F, # and ?';
      return [{ prop, wanted, got: valueText(path), fix: 'Write it as it stands in a URL, such as /api.' }];
    }
    if (paths.indexOf(path) === index) return [];
    return [{ prop, wanted: 'must be named once', got: path, fix: 'Leave it out.' }];
  });
}

function isPath(path: unknown): boolean {
  if (typeof path !== 'string' || !path.startsWith('/') || path.length > 1024) return false;
  return !/\/\/|\/\.{1,2}(\/|$)|%2f|[#?\s]/i.test(path);
}

/** Annotations that were a controller's which nobody maintains any more, and the class from before `ingressClassName`. */
const RETIRED = /^(nginx\.ingress\.kubernetes\.io\/|kubernetes\.io\/ingress\.class$)/;

function checkAnnotations({ annotations }: WebServiceExposure): Problem[] {
  return Object.keys(annotations ?? {}).flatMap((key) =>
    RETIRED.test(key)
      ? {
          prop: memberText('expose.annotations', key),
          wanted: 'must be one of a controller that is maintained; ingress-nginx is retired',
          got: key,
          fix: "Say it in the words of the environment's own controller, or take a gateway.",
        }
      : [],
  );
}

function checkGateway({ tls }: WebServiceExposure, { name, listener }: GatewayEntry): Problem[] {
  if (tls === undefined) return [];
  return [
    {
      prop: 'expose.tls',
      wanted: "must be left out with a gateway: the certificate is its listener's",
      got: tlsText(tls),
      fix: `Leave it out, and name the certificate in ${listener === undefined ? 'a listener' : `listener ${listener}`} of Gateway ${name}.`,
    },
  ];
}

function checkIngress(
  expose: WebServiceExposure,
  entry: IngressEntry,
  protocols: readonly Protocol[],
): Problem[] {
  const problems = checkCertificate('expose.tls', expose.tls);
  if ((expose.tls ?? entry.tls) === undefined) {
    problems.push({
      prop: 'expose.tls',
      wanted: 'must say where the certificate comes from',
      got: 'nothing, neither here nor in the entry of the environment',
      fix: "Give { clusterIssuer }, { issuer } or { secretName }, or 'none' for plain HTTP.",
    });
  }
  if (speaksGrpc(protocols) && entry.grpc !== true) {
    problems.push({
      prop: 'protocols',
      wanted: `must be without grpc behind the IngressClass ${entry.class}: an Ingress has no word for HTTP/2 to the pods`,
      got: protocols.join(', '),
      fix: 'Take a gateway, or set grpc: true in the entry when its controller follows appProtocol kubernetes.io/h2c.',
    });
  }
  return problems;
}

function tlsText(tls: Certificate | 'none'): string {
  return tls === 'none' ? "'none'" : Object.keys(tls).join(', ');
}
