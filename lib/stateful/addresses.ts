import { Chart } from 'cdk8s';
import { EnvValue } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection, Endpoint } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { variableName } from '../network/variable-name';
import { headlessName, ordinals } from './names';
import type { StatefulPort } from './props';

/** What the addresses of a stateful service are made from. */
export interface AddressesInput {
  readonly name: string;
  /** Path of the construct, for messages. */
  readonly path: string;
  /** Namespace of the service; `undefined`: the chart names none, and the service is called from its own. */
  readonly namespace: string | undefined;
  readonly replicas: number;
  /** Ports of all containers. */
  readonly ports: readonly StatefulPort[];
}

/** Where a stateful service and its members are called. */
export class Addresses {
  constructor(private readonly input: AddressesInput) {}

  /** DNS name of the Service. */
  get host(): string {
    return this.qualified(this.input.name);
  }

  /** DNS names of the members, in the order of their ordinals. */
  get memberHosts(): string[] {
    const { name, replicas } = this.input;
    return ordinals(replicas).map((ordinal) => this.qualified(`${name}-${ordinal}.${headlessName(name)}`));
  }

  /** A port that clients call, the first one by default. */
  endpoint(at: NetworkAccess, port?: string): Endpoint {
    return { name: this.input.name, host: this.host, port: this.clientPort(port).number, at };
  }

  /** A port of each member, the first one that clients call by default. */
  podEndpoints(at: NetworkAccess, port?: string): Endpoint[] {
    const { name, ports } = this.input;
    const found = port === undefined ? this.clientPort() : this.find(port, ports);
    return this.memberHosts.map((host) => ({ name, host, port: found.number, at }));
  }

  /** All ports that clients call, with a variable for each. */
  connection(at: NetworkAccess): Connection {
    const { name } = this.input;
    const ports = this.clientPorts();
    const entries = ports.map((port, index) => [
      variableName(name, index === 0 ? 'ADDRESS' : `${port.name}_ADDRESS`),
      EnvValue.fromValue(`${this.host}:${port.number}`),
    ]);
    return {
      name,
      endpoints: ports.map((port) => this.endpoint(at, port.name)),
      env: Object.fromEntries(entries),
    };
  }

  private qualified(name: string): string {
    const { namespace } = this.input;
    return namespace === undefined ? name : `${name}.${namespace}.svc`;
  }

  private clientPorts(): StatefulPort[] {
    return this.input.ports.filter(({ clients }) => clients ?? true);
  }

  private clientPort(name?: string): StatefulPort {
    const ports = this.clientPorts();
    return this.find(name ?? ports[0]?.name, ports);
  }

  private find(name: string | undefined, ports: readonly StatefulPort[]): StatefulPort {
    const found = ports.find((port) => port.name === name);
    if (found !== undefined) return found;
    const known = ports.map((port) => port.name).join(', ');
    throw new Error(
      `${this.input.path}: port must be one of ${known === '' ? 'none' : known}, got ${name}. Name one of them.`,
    );
  }
}

/** What the DNS names of a service's members end in, before the service is made: `search-headless.studio.svc`. */
export function memberDomain(scope: Construct, name: string): string {
  const { namespace } = Chart.of(scope);
  return namespace === undefined ? headlessName(name) : `${headlessName(name)}.${namespace}.svc`;
}
