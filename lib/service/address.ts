import { EnvValue } from 'cdk8s-plus-27';
import type { Connection, Endpoint } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { variableName } from '../network/variable-name';
import { PORTS } from './names';

/** Where a service is called inside of the cluster. */
export interface ServiceAddress {
  readonly name: string;
  /** Namespace of the service; `undefined`: the chart names none, and the service is called from its own. */
  readonly namespace: string | undefined;
  /** Port of the Service. */
  readonly port: number;
}

/** DNS name of the Service. */
function hostOf({ name, namespace }: ServiceAddress): string {
  return namespace === undefined ? name : `${name}.${namespace}.svc`;
}

/** URL of the service, without a path: `http://upload.darkroom.svc`. */
export function urlOf(address: ServiceAddress): string {
  const { port } = address;
  return `http://${hostOf(address)}${port === 80 ? '' : `:${port}`}`;
}

/** The port of the Service, and the pods' port behind it. */
export function endpointOf(address: ServiceAddress, at: NetworkAccess): Endpoint {
  const { name, port } = address;
  return { name, host: hostOf(address), port, podPort: PORTS.http.number, at };
}

/** What a workload needs to call the service. */
export function connectionOf(address: ServiceAddress, at: NetworkAccess): Connection {
  const { name, port } = address;
  return {
    name,
    endpoints: [endpointOf(address, at)],
    env: {
      [variableName(name, 'URL')]: EnvValue.fromValue(urlOf(address)),
      [variableName(name, 'HOST')]: EnvValue.fromValue(hostOf(address)),
      [variableName(name, 'PORT')]: EnvValue.fromValue(String(port)),
    },
  };
}
