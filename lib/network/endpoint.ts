import type { EnvValue } from 'cdk8s-plus-27';
import type { NetworkAccess } from './network-access';
import type { EgressToAddresses, EgressToPods } from './peer';

/** A TCP port that pods may call, and which policy has to let them. */
export interface Endpoint {
  /** Name in variables and messages, such as `catalog`. */
  readonly name: string;
  /** DNS name that resolves in every namespace of the cluster, such as `catalog.darkroom.svc`, or an outside name. */
  readonly host: string;
  /** TCP port that is called. */
  readonly port: number;
  /**
   * Port of the pods that answer, which policies are about, where a Service leads to another one.
   * @default {@link port}
   */
  readonly podPort?: number;
  /** Who answers: pods whose policy Capstan writes, or pods and addresses that it only knows by name. */
  readonly at: NetworkAccess | EgressToPods | EgressToAddresses;
}

/**
 * What a workload's pods are connected to: what they call, how they find it, and with whose credentials. Servers and
 * services make them; workloads take them.
 */
export interface Connection {
  /** Name in messages, such as `catalog`. */
  readonly name: string;
  /** What is called. */
  readonly endpoints: readonly Endpoint[];
  /** Variables with addresses and, by Secret reference only, credentials. */
  readonly env: Readonly<Record<string, EnvValue>>;
}
