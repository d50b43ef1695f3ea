import type { Duration } from 'cdk8s';
import type { NatsFigures } from '../../plan/stateful/nats';
import { seconds } from '../../workload/quantity';
import { ordinals } from '../names';

/** Ports of a NATS server. */
export const NATS_PORTS = {
  /** Clients. */
  client: 4222,
  /** The other servers. */
  routes: 6222,
  /** Health, for the kubelet. */
  monitor: 8222,
} as const;

/** Where the server finds its configuration, its volume, and a place for its process id. */
export const NATS_PATHS = { config: '/etc/nats', store: '/data', pid: '/tmp/nats.pid' } as const;

/** Variables of a NATS server. Its configuration refers to them, so that the same file serves all servers. */
export const NATS_VARIABLES = {
  server: 'POD_NAME',
  user: 'NATS_USER',
  password: 'NATS_PASSWORD',
  route: (ordinal: number) => `NATS_ROUTE_${ordinal}`,
} as const;

/** How long a server that ends waits before it asks its clients to leave, so that they do not go to the next one that ends. */
const LAME_DUCK_GRACE_SECONDS = 10;

/** What the configuration file of NATS servers is made from. */
export interface NatsConfiguration {
  /** Name of the cluster. */
  readonly name: string;
  readonly servers: number;
  readonly figures: NatsFigures;
  readonly sync: 'always' | Duration;
  /** Whether clients and servers have to say who they are. */
  readonly isClosed: boolean;
}

/** The configuration file of all servers of a cluster. */
export function natsConfiguration(input: NatsConfiguration): string {
  const { figures, sync } = input;
  const blocks = [
    lines([
      ['server_name', `$${NATS_VARIABLES.server}`],
      ['port', NATS_PORTS.client],
      ['http_port', NATS_PORTS.monitor],
      ['pid_file', JSON.stringify(NATS_PATHS.pid)],
      ['max_payload', figures.maxPayload.value],
      ['lame_duck_duration', `"${figures.lameDuck.value}s"`],
      ['lame_duck_grace_period', `"${LAME_DUCK_GRACE_SECONDS}s"`],
    ]),
    block('jetstream', [
      ['store_dir', JSON.stringify(NATS_PATHS.store)],
      ['max_file_store', figures.maxStore.value],
      ['max_memory_store', figures.memoryStore.value],
      ['sync_interval', sync === 'always' ? sync : `"${seconds(sync)}s"`],
    ]),
    ...(input.isClosed ? [block('authorization', WHO)] : []),
    ...(input.servers > 1 ? [clusterBlock(input)] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Single servers are no cluster: JetStream would wait for others to elect a leader with. */
function clusterBlock({ name, servers, isClosed }: NatsConfiguration): string {
  const routes = ordinals(servers).map((ordinal) => `$${NATS_VARIABLES.route(ordinal)}`);
  return block('cluster', [
    ['name', JSON.stringify(name)],
    ['port', NATS_PORTS.routes],
    // Clients go by the Service, whose address outlives the pods'.
    ['no_advertise', 'true'],
    ['routes', `[${routes.join(', ')}]`],
    ...(isClosed ? [['authorization', `{ ${WHO.map(entry).join(', ')} }`] as const] : []),
  ]);
}

type Entry = readonly [key: string, value: string | number];

const WHO: readonly Entry[] = [
  ['user', `$${NATS_VARIABLES.user}`],
  ['password', `$${NATS_VARIABLES.password}`],
];

function block(name: string, entries: readonly Entry[]): string {
  return `${name} {\n${entries.map((it) => `  ${entry(it)}`).join('\n')}\n}`;
}

function lines(entries: readonly Entry[]): string {
  return entries.map(entry).join('\n');
}

function entry([key, value]: Entry): string {
  return `${key}: ${value}`;
}
