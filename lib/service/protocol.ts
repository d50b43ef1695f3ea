import type { ServiceContract } from '../contract/zz_service.gen';

type ContractProtocol = ServiceContract['protocols'][number];

/**
 * What a service speaks on its one port: `http` is what its mux answers, over HTTP/1.1 and HTTP/2 without TLS; `grpc`
 * and `grpc-web` are its Connect handlers.
 */
export type Protocol = 'http' | 'grpc' | 'grpc-web';

/** The protocols of the contract by those of the props. */
export const CONTRACT_PROTOCOLS: Readonly<Record<Protocol, ContractProtocol>> = {
  http: 'http',
  grpc: 'grpc',
  'grpc-web': 'grpcWeb',
};

/** Whether gRPC is spoken, which needs HTTP/2 all the way. */
export function speaksGrpc(protocols: readonly Protocol[]): boolean {
  return protocols.includes('grpc');
}

/** Whether nothing but gRPC is spoken. */
export function speaksGrpcOnly(protocols: readonly Protocol[]): boolean {
  return protocols.every((protocol) => protocol === 'grpc');
}
