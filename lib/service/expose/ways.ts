import { type Protocol, speaksGrpc, speaksGrpcOnly } from '../protocol';
import type { WebServiceExposure } from './props';

/** What of a service is reached under a host. */
export interface Way {
  /** The property that names the host. */
  readonly prop: 'expose.host' | 'expose.grpcHost';
  readonly host: string;
  readonly paths: readonly string[];
  /** Whether it is gRPC and nothing else, for which gateways have routes of their own. */
  readonly isGrpc: boolean;
}

/** The hosts of a service, with what is reached under each. */
export function waysOf(
  { host, grpcHost, paths = ['/'] }: WebServiceExposure,
  protocols: readonly Protocol[],
): Way[] {
  const isGrpcOnly = speaksGrpcOnly(protocols);
  const ways: Way[] = [{ prop: 'expose.host', host, paths, isGrpc: isGrpcOnly }];
  if (grpcHost === undefined || !speaksGrpc(protocols) || isGrpcOnly) return ways;
  return [...ways, { prop: 'expose.grpcHost', host: grpcHost, paths: ['/'], isGrpc: true }];
}
