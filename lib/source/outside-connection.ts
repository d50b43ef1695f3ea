import type { Connection } from '../network/endpoint';
import type { EgressToAddresses, EgressToPods } from '../network/peer';
import type { Address } from './address';

/** Who answers at the addresses of a broker that the program does not deploy: pods or addresses. */
export type BrokerPeer = EgressToPods | EgressToAddresses;

/** The way to a broker that the program does not deploy. Addresses that cannot be read are left out. */
export function outsideConnection(addresses: readonly (Address | undefined)[], at: BrokerPeer): Connection {
  const known = addresses.filter((address): address is Address => address !== undefined);
  return {
    name: known[0]?.host ?? 'broker',
    endpoints: known.map(({ host, port }) => ({ name: host, host, port, at })),
    env: {},
  };
}
