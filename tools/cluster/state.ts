import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { StepError } from './step';

/** What the ports of a cluster are for, in their order. */
const PORTS = [
  'apiServer',
  'etcd',
  'etcdPeer',
  'controllerManager',
  'scheduler',
  'kubelet',
  'kubeletHealth',
  'simulator',
  'proxyHealth',
  'proxyMetrics',
  'registry',
  'prometheus',
  'prometheusAdapter',
  'web',
  'ingressAdmin',
  'kedaMetrics',
  'kedaHealth',
  'kedaService',
  'kedaAdapter',
  'kedaAdapterMetrics',
] as const;
// Below the ports that systems take for outgoing connections.
const FIRST_PORT = 21440;
const BLOCK = PORTS.length;
const BLOCKS = 100;
const SETTINGS = 'cluster.json';

/** The port that API servers usually have, and that network policies name. */
const API_PORT = 6443;

/** The address of the cluster's DNS. */
export const DNS_ADDRESS = '10.96.0.10';

/** A role that a port of the cluster is for. */
export type PortName = (typeof PORTS)[number];

/** What a cluster was asked to be, and where it is. Every path that it writes lies in its folder. */
export interface Cluster {
  readonly name: string;
  readonly folder: string;
  readonly firstPort: number;
  /** The address that pods reach this machine by; loopback without a real node. */
  readonly address: string;
  /** Whether this machine is a node of it. */
  readonly hasRealNode: boolean;
  readonly simulatedNodes: number;
  readonly addons: readonly string[];
  /** How often the autoscaler looks, in seconds. */
  readonly autoscalerSeconds: number;
  /** Folder of the programs of Kubernetes. */
  readonly programs: string;
}

/** The folder that holds a folder for each cluster. */
export function clustersFolder(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'capstan', 'clusters');
}

/** The folder of a cluster, which exists while something of it does. */
export function clusterFolder(name: string): string {
  return join(clustersFolder(), name);
}

/** Where the logs of a cluster are kept that did not come up. */
export function failedLogs(name: string): string {
  return join(clustersFolder(), `${name}.failed`);
}

/** A port of a cluster. */
export function port({ firstPort, hasRealNode }: Cluster, name: PortName): number {
  if (name === 'apiServer' && hasRealNode) return API_PORT;
  return firstPort + PORTS.indexOf(name);
}

/** The file that a program of the cluster prints into. */
export function logOf({ folder }: Cluster, name: string): string {
  return join(folder, 'logs', `${name}.log`);
}

/** The administrator's kubeconfig. */
export function adminConfig({ folder }: { readonly folder: string }): string {
  return join(folder, 'admin.kubeconfig');
}

/** Writes down what a cluster is, before anything of it is started. */
export function writeCluster(cluster: Cluster): void {
  for (const part of ['', 'logs', 'pids', 'pki', 'config']) {
    mkdirSync(join(cluster.folder, part), { recursive: true, mode: 0o700 });
  }
  writeFileSync(join(cluster.folder, SETTINGS), JSON.stringify(cluster, null, 2));
}

/** What is written down about a cluster; undefined when there is none, or it was ended before it was written. */
export function readCluster(name: string): Cluster | undefined {
  return readIn(clusterFolder(name));
}

function readIn(folder: string): Cluster | undefined {
  const file = join(folder, SETTINGS);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Cluster;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** All clusters that are written down. */
export function allClusters(): Cluster[] {
  if (!existsSync(clustersFolder())) return [];
  const folders = readdirSync(clustersFolder()).map((name) => join(clustersFolder(), name));
  return folders.map(readIn).filter((cluster) => cluster !== undefined);
}

/** The first of a block of ports that nothing listens on and no other cluster has. */
export async function freeBlock(addresses: readonly string[]): Promise<number> {
  const taken = new Set(allClusters().map(({ firstPort }) => firstPort));
  for (let block = 0; block < BLOCKS; block += 1) {
    const first = FIRST_PORT + block * BLOCK;
    if (!taken.has(first) && (await isFree(first, addresses))) return first;
  }
  throw new StepError(`no ${BLOCK} free ports in a row from ${FIRST_PORT} on`);
}

async function isFree(first: number, addresses: readonly string[]): Promise<boolean> {
  for (let offset = 0; offset < BLOCK; offset += 1) {
    for (const address of addresses) if (!(await canListen(first + offset, address))) return false;
  }
  return true;
}

function canListen(port: number, address: string): Promise<boolean> {
  return new Promise((settle) => {
    const listener = createServer();
    listener.on('error', () => settle(false));
    listener.listen(port, address, () => listener.close(() => settle(true)));
  });
}

/**
 * Looks whether the API server of a cluster whose pods run here can have the port that network policies let pods call.
 *
 * @throws StepError when something listens there
 */
export async function requireApiPort(address: string): Promise<void> {
  if (await canListen(API_PORT, address)) return;
  throw new StepError(`something listens on ${address}:${API_PORT}, where pods look for the API server`);
}

/** The address of this machine in its network, which its pods reach it by. */
export function hostAddress(): string {
  const interfaces = Object.entries(networkInterfaces());
  const own = interfaces.filter(([name]) => !/^(veth|cni|docker|br-|cali|flannel)/.test(name));
  const found = own
    .flatMap(([, all]) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined)
    throw new StepError('this machine has no address but loopback: pods could not reach it');
  return found.address;
}

/** The folder of the repository. */
export const ROOT = dirname(dirname(__dirname));
