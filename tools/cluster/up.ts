import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ADDONS, withNeeds } from './addons/all';
import { makeKeys } from './certificates';
import { startApiServer, startControllers } from './control-plane';
import { clearDeadNodes, down } from './down';
import { whileHolding } from './lock';
import { rememberMachine, requireNoPods, requireRoot } from './machine';
import { built, requirePrograms } from './programs';
import { NODE_PROGRAMS, startContainerd, startRealNode } from './real-node';
import { startRegistry } from './registry';
import { startSimulatedNodes } from './simulated-nodes';
import {
  type Cluster,
  clusterFolder,
  failedLogs,
  freeBlock,
  hostAddress,
  readCluster,
  requireApiPort,
  writeCluster,
} from './state';
import { type Progress, StepError } from './step';

/** What a cluster is to be. */
export interface Wanted {
  readonly name: string;
  readonly simulatedNodes: number;
  /** Whether this machine becomes a node, which needs root. */
  readonly hasRealNode: boolean;
  /** Names of add-ons. */
  readonly addons: readonly string[];
  /** How often the autoscaler looks, in seconds. */
  readonly autoscalerSeconds: number;
}

/**
 * Brings a cluster up. One of this name that is there is taken down first, in whatever state it is. When a step fails,
 * nothing is left running, and the logs are kept.
 *
 * @throws StepError that says in one line what failed, and where its log is
 */
export function up(wanted: Wanted, progress: Progress): Promise<Cluster> {
  return whileHolding(wanted.name, async () => {
    const folder = clusterFolder(wanted.name);
    if (existsSync(folder)) await down(wanted.name, progress);
    rmSync(failedLogs(wanted.name), { recursive: true, force: true });
    if (wanted.hasRealNode) {
      requireRoot();
      await clearDeadNodes(wanted.name, progress);
      requireNoPods();
    }
    const addons = withNeeds(wanted.addons);
    await prepare(addons, wanted.hasRealNode);
    const programs = await built('cluster/build.sh');
    const kwok = wanted.simulatedNodes > 0 ? await built('cluster/kwok.sh') : '';
    const address = wanted.hasRealNode ? hostAddress() : '127.0.0.1';
    if (wanted.hasRealNode) await requireApiPort(address);
    const firstPort = await freeBlock([...new Set(['127.0.0.1', address])]);
    const cluster: Cluster = { ...wanted, addons, folder, firstPort, address, programs };
    writeCluster(cluster);
    try {
      await startAll(cluster, kwok, progress);
    } catch (error) {
      keepLogs(cluster);
      await down(wanted.name, progress);
      throw error instanceof StepError ? withKeptLog(error, cluster) : error;
    }
    return cluster;
  });
}

/** Sees to it that all is there before anything is started: builds take minutes. */
async function prepare(addons: readonly string[], hasRealNode: boolean): Promise<void> {
  const wanted = addons.map((name) => ({ name, ...addonOf(name) }));
  const homeless = wanted.filter(({ needsRealNode = false }) => needsRealNode && !hasRealNode);
  if (homeless.length > 0) {
    throw new StepError(`${homeless.map(({ name }) => name).join(', ')} must come with a real node: --real`);
  }
  const programs = Object.assign({}, ...wanted.map((addon) => addon.programs ?? {}));
  requirePrograms({ openssl: 'openssl', ...(hasRealNode && NODE_PROGRAMS), ...programs });
  for (const addon of wanted) await addon.prepare();
}

function addonOf(name: string) {
  const addon = ADDONS[name];
  if (addon === undefined) throw new Error(`${name} is no add-on`);
  return addon;
}

async function startAll(cluster: Cluster, kwok: string, progress: Progress): Promise<void> {
  await makeKeys(cluster);
  progress.say('keys made');
  await startApiServer(cluster);
  progress.say('kube-apiserver is ready');
  await startControllers(cluster);
  progress.say('controllers and scheduler are ready');
  if (cluster.simulatedNodes > 0) {
    await startSimulatedNodes(cluster, kwok);
    progress.say(`simulated nodes are ready: ${cluster.simulatedNodes}`);
  }
  if (cluster.hasRealNode) {
    await rememberMachine(cluster.folder);
    await startRegistry(cluster);
    await startContainerd(cluster);
    progress.say('registry and containerd are ready');
    await startRealNode(cluster);
    progress.say('the real node is ready');
  }
  for (const name of cluster.addons) {
    await addonOf(name).start(cluster);
    progress.say(`${name} is ready: ${addonOf(name).purpose}`);
  }
}

function keepLogs(cluster: Cluster): void {
  const kept = failedLogs(cluster.name);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  cpSync(join(cluster.folder, 'logs'), kept, { recursive: true });
}

function withKeptLog(error: StepError, { name, folder }: Cluster): StepError {
  if (error.log === undefined) return error;
  const [message = ''] = error.message.split('. Its log: ');
  return new StepError(message, error.log.replace(join(folder, 'logs'), failedLogs(name)));
}

/**
 * Brings add-ons, and what they need, to a cluster that is up; what it has stays as it is.
 *
 * @throws StepError that says in one line what failed; the cluster stays up
 */
export function add(name: string, names: readonly string[], progress: Progress): Promise<void> {
  return whileHolding(name, async () => {
    const cluster = runningCluster(name);
    const missing = withNeeds(names).filter((addon) => !cluster.addons.includes(addon));
    await prepare(missing, cluster.hasRealNode);
    const started = [...cluster.addons];
    for (const addon of missing) {
      await addonOf(addon).start(cluster);
      started.push(addon);
      writeCluster({ ...cluster, addons: started });
      progress.say(`${addon} is ready: ${addonOf(addon).purpose}`);
    }
  });
}

/** The cluster of this name, when it is up. */
export function runningCluster(name: string): Cluster {
  const cluster = readCluster(name);
  if (cluster === undefined) throw new StepError(`there is no cluster ${name}: npm run cluster -- up`);
  return cluster;
}
