import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { REAL_NODE } from '../../../tools/cluster/certificates';
import { PARTITION_TABLE } from '../../../tools/cluster/machine';
import { recordedPid } from '../../../tools/cluster/processes';
import { startKubelet } from '../../../tools/cluster/real-node';
import { succeed } from '../../../tools/cluster/run';
import { until } from '../../../tools/cluster/step';
import { getJson, kubectl, needCluster } from '../session';
import { BROKER, CREW, NAMESPACE } from './crew';

/** The pods of the crew. */
export const CREW_PODS = `app.kubernetes.io/instance=${CREW}`;
const IN = ['-n', NAMESPACE];
const ROLLOUT_SECONDS = 300;

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
    }[];
  };
}

/** The pods of the crew that nobody has told to go. */
export async function crew(): Promise<readonly Pod[]> {
  return (await allOfCrew()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

async function allOfCrew(): Promise<readonly Pod[]> {
  return (await getJson<{ items: readonly Pod[] }>('pods', ...IN, '-l', CREW_PODS)).items;
}

/** Waits until as many pods of the crew as are wanted are ready, and no other is there. */
export async function crewIsReady(): Promise<void> {
  await isRolledOut(`deployment/${CREW}`);
  const areAlone = async () =>
    (await allOfCrew()).every((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod));
  await until(areAlone, { otherwise: 'a pod of the crew did not end, or is not ready', seconds: 120 });
}

async function isRolledOut(what: string): Promise<void> {
  const args = ['rollout', 'status', what, ...IN, `--timeout=${ROLLOUT_SECONDS}s`];
  await kubectl(args, undefined, ROLLOUT_SECONDS + 30);
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') ?? false;
}

/** A rolling update of the crew. */
export async function rollCrew(): Promise<void> {
  await kubectl(['rollout', 'restart', `deployment/${CREW}`, ...IN]);
  await crewIsReady();
}

/** So many pods of the crew. */
export async function scaleCrew(replicas: number): Promise<void> {
  await kubectl(['scale', `deployment/${CREW}`, ...IN, `--replicas=${replicas}`]);
  await crewIsReady();
}

/** Four pods, and then two again. */
export async function scaleOutAndIn(): Promise<void> {
  await scaleCrew(4);
  await pause(3000);
  await scaleCrew(2);
}

/**
 * A drain of the node, as an administrator does it. The disruption budget holds the second eviction back until there is
 * another pod; the one node of this cluster has to take it.
 */
export async function drainNode(): Promise<void> {
  const before = new Set((await crew()).map(({ metadata }) => metadata.name));
  const drain = ['drain', REAL_NODE, `--pod-selector=${CREW_PODS}`, '--delete-emptydir-data'];
  const drained = kubectl([...drain, '--ignore-daemonsets', '--timeout=110s']);
  // Whether it failed is asked below, after the node takes pods again.
  drained.catch(() => undefined);
  try {
    const isReplaced = async () => (await crew()).some(({ metadata }) => !before.has(metadata.name));
    await until(isReplaced, { otherwise: 'no pod was evicted', seconds: 60 });
  } finally {
    await kubectl(['uncordon', REAL_NODE]);
  }
  await drained;
  await crewIsReady();
}

/**
 * kubelet is killed, is away for some seconds, and starts again: it ends a pod that was there before, and leaves the
 * container of another alone.
 */
export async function killKubelet(): Promise<void> {
  const cluster = needCluster();
  const [told, kept] = await crew();
  if (told === undefined || kept === undefined) throw new Error('the crew must have two pods');
  kill(recordedPid(cluster.folder, 'kubelet'));
  await pause(5000);
  startKubelet(cluster);
  await kubectl(['delete', 'pod', told.metadata.name, ...IN]);
  await crewIsReady();
  const now = await getJson<Pod>('pod', kept.metadata.name, ...IN);
  if (containerOf(now) !== containerOf(kept)) throw new Error(`${kept.metadata.name} was started anew`);
}

/** A pod of the crew takes no notice of being told to end, and is ended by force. */
export async function freezeAndEnd(): Promise<void> {
  const [pod] = await crew();
  if (pod === undefined) throw new Error('the crew has no pod');
  signal(processOf(pod), 'SIGSTOP');
  await kubectl(['delete', 'pod', pod.metadata.name, ...IN, '--grace-period=3']);
}

/** Gives the program of the crew a defect, one of those in test/faults/agreement. */
export async function setMutant(mutant: string): Promise<void> {
  await kubectl(['set', 'env', `deployment/${CREW}`, ...IN, `FAULTS_MUTANT=${mutant}`]);
  await crewIsReady();
}

/** The container of each pod of the crew is killed, one after the other; kubelet starts it again. */
export async function killContainers(): Promise<void> {
  for (const pod of await crew()) {
    kill(processOf(pod));
    await isStartedAgain(pod);
  }
  await crewIsReady();
}

/** The broker's process is killed; kubelet starts it again on the same volume. */
export async function killBroker(): Promise<void> {
  const broker = await getJson<Pod>('pod', `${BROKER}-0`, ...IN);
  kill(processOf(broker));
  await isStartedAgain(broker);
  await pause(3000);
}

/** The broker's pod is replaced, as in an update of it. */
export async function rollBroker(): Promise<void> {
  await kubectl(['rollout', 'restart', `statefulset/${BROKER}`, ...IN]);
  await isRolledOut(`statefulset/${BROKER}`);
  await pause(3000);
}

/** A task has taken all memory of a pod, which was killed for it and started again. */
export async function isKilledForMemory(): Promise<void> {
  const wasKilled = async () =>
    (await crew()).some(({ status }) =>
      status.containerStatuses?.some(({ lastState }) => lastState.terminated?.reason === 'OOMKilled'),
    );
  await until(wasKilled, { otherwise: 'no container was killed for its memory', seconds: 120 });
  await crewIsReady();
}

/** One pod of the crew and the broker hear nothing of each other, longer than its tasks are leased to it. */
export async function cutOff(seconds: number): Promise<void> {
  const [pod] = await crew();
  const broker = await getJson<Pod>('pod', `${BROKER}-0`, ...IN);
  const [one, other] = [pod?.status.podIP, broker.status.podIP];
  if (one === undefined || other === undefined) throw new Error('a pod to be cut off has no address');
  const rules = `table ${PARTITION_TABLE} {
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip saddr ${one} ip daddr ${other} drop
    ip saddr ${other} ip daddr ${one} drop
  }
}
`;
  await succeed({ program: 'nft', args: ['-f', '-'], input: rules });
  try {
    await pause(seconds * 1000);
  } finally {
    await succeed({ program: 'nft', args: ['delete', 'table', ...PARTITION_TABLE.split(' ')] });
  }
  await crewIsReady();
}

async function isStartedAgain(pod: Pod): Promise<void> {
  const { name } = pod.metadata;
  const check = async () => {
    const now = await getJson<Pod>('pod', name, ...IN);
    return isReady(now) && restartsOf(now) > restartsOf(pod);
  };
  await until(check, { otherwise: `${name} was not started again`, seconds: 120 });
}

function restartsOf({ status }: Pod): number {
  return status.containerStatuses?.[0]?.restartCount ?? 0;
}

/** The first process of a pod's container: those of its cgroup are of no other. */
function processOf(pod: Pod): number | undefined {
  const id = containerOf(pod);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => cgroupOf(pid).includes(id));
}

function containerOf({ metadata, status }: Pod): string {
  const id = status.containerStatuses?.[0]?.containerID?.split('://')[1];
  if (id === undefined) throw new Error(`${metadata.name} has no container`);
  return id;
}

function cgroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number | undefined): void {
  signal(pid, 'SIGKILL');
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) throw new Error(`there is no process for ${name}`);
  process.kill(pid, name);
}
