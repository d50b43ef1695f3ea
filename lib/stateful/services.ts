import { Service } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { refine, set } from '../refine';
import { exposePorts, type NamedPort } from '../workload/expose-ports';
import { headlessName } from './names';
import type { StatefulPort } from './props';

/** What the Services of a stateful service are made from. */
export interface ServicesInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of all containers. */
  readonly ports: readonly StatefulPort[];
}

/**
 * NAME-headless: a name in DNS for each member, `NAME-0.NAME-headless`. Members find each other before they are
 * ready, since some are ready only once they have found each other.
 */
export function headlessService(scope: Construct, { name, labels, ports }: ServicesInput): Service {
  const metadata = { name: headlessName(name), labels: { ...labels } };
  const service = new Service(scope, 'HeadlessService', { metadata, clusterIP: 'None' });
  refine(service, set('/spec/publishNotReadyAddresses', true));
  return exposePorts(service, name, ports.map(named));
}

/** NAME, where clients find any member that is ready; none when no port is theirs. */
export function clientService(scope: Construct, { name, labels, ports }: ServicesInput): Service | undefined {
  const own = ports.filter(({ clients }) => clients ?? true);
  if (own.length === 0) return undefined;
  const service = new Service(scope, 'Service', { metadata: { name, labels: { ...labels } } });
  return exposePorts(service, name, own.map(named));
}

function named({ name, number }: StatefulPort): NamedPort {
  return { name, number };
}
