import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { REAL_NODE } from '../../../tools/cluster/certificates';
import { PARTITION_TABLE } from '../../../tools/cluster/machine';
import { recordedPid } from '../../../tools/cluster/processes';
import { startKubelet } from '../../../tools/cluster/real-node';
import { succeed } from '../../../tools/cluster/run';
import { until } from '../../../tools/cluster/step';
import { getJson, kubectl, needCluster, tryKubectl } from '../session';
import { BROKER, CREW, NAMESPACE } from './crew';

/** The pods of the crew. */
export const CREW_PODS = `app.kubernetes.io/instance=${CREW}`;
const IN = ['-n', NAMESPACE];

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
  const { items } = await getJson<{ items: readonly Pod[] }>('pods', ...IN, '-l', CREW_PODS);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Waits until as many pods of the crew as are wanted are ready, and no other is there. */
export async function crewIsReady(): Promise<void> {
  await kubectl(['rollout', 'status', `deployment/${CREW}`, ...IN, '--timeout=110s']);
}

/** A rolling update of the crew. */
export async function rollCrew(): Promise<void> {
  await kubectl(['rollout', 'restart', `deployment/${CREW}`, ...IN]);
  await crewIsReady();
}

/** Four pods, and then two again. */
export async function scaleOutAndIn(): Promise<void> {
  for (const replicas of [4, 2]) {
    await kubectl(['scale', `deployment/${CREW}`, ...IN, `--replicas=${replicas}`]);
    await crewIsReady();
    await pause(3000);
  }
}

/**
 * A drain of the node, as an administrator does it. The disruption budget holds the second eviction back until there is
 * another pod; the one node of this cluster has to take it.
 */
export async function drainNode(): Promise<void> {
  const before = await crew();
  const drain = ['drain', REAL_NODE, `--pod-selector=${CREW_PODS}`, '--delete-emptydir-data'];
  const drained = kubectl([...drain, '--ignore-daemonsets', '--timeout=110s']);
  try {
    const isCordoned = async () => (await crew()).some(({ metadata: { name } }) => isNew(before, name));
    await until(isCordoned, { otherwise: 'no pod was evicted', seconds: 60 });
  } finally {
    await kubectl(['uncordon', REAL_NODE]);
  }
  await drained;
  await crewIsReady();
}

function isNew(before: readonly Pod[], name: string): boolean {
  return before.every(({ metadata }) => metadata.name !== name);
}

/** kubelet is killed, is away for some seconds, and starts again: no container may be started anew for that. */
export async function killKubelet(): Promise<void> {
  const cluster = needCluster();
  const before = await restarts();
  kill(recordedPid(cluster.folder, 'kubelet'));
  await pause(5000);
  startKubelet(cluster);
  // It has looked at its pods when it can delete one.
  await rollCrew();
  if ((await restarts()) > before) throw new Error('containers were started anew');
}

async function restarts(): Promise<number> {
  const counts = (await crew()).flatMap(({ status }) => status.containerStatuses ?? []);
  return counts.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** The container of each pod of the crew is killed, one after the other; kubelet starts it again. */
export async function killContainers(): Promise<void> {
  for (const pod of await crew()) {
    kill(processOf(pod));
    await isStartedAgain(pod, CREW_PODS);
  }
  await crewIsReady();
}

/** The broker's process is killed; kubelet starts it again on the same volume. */
export async function killBroker(): Promise<void> {
  const broker = await getJson<Pod>('pod', `${BROKER}-0`, ...IN);
  kill(processOf(broker));
  await until(async () => restartsOf(await getJson<Pod>('pod', `${BROKER}-0`, ...IN)) > restartsOf(broker), {
    otherwise: 'the broker was not started again',
    seconds: 120,
  });
  await kubectl(['wait', `pod/${BROKER}-0`, ...IN, '--for=condition=Ready', '--timeout=110s']);
  await pause(3000);
}

/** The broker's pod is replaced, as in an update of it. */
export async function rollBroker(): Promise<void> {
  await kubectl(['rollout', 'restart', `statefulset/${BROKER}`, ...IN]);
  await kubectl(['rollout', 'status', `statefulset/${BROKER}`, ...IN, '--timeout=110s']);
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

async function isStartedAgain(pod: Pod, selector: string): Promise<void> {
  const check = async () => {
    const { code, stdout } = await tryKubectl(['get', 'pods', ...IN, '-l', selector, '--output=json']);
    if (code !== 0) return false;
    const { items } = JSON.parse(stdout) as { items: readonly Pod[] };
    const now = items.find(({ metadata }) => metadata.name === pod.metadata.name);
    const isReady = now?.status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True');
    return now !== undefined && isReady === true && restartsOf(now) > restartsOf(pod);
  };
  await until(check, { otherwise: `${pod.metadata.name} was not started again`, seconds: 120 });
}

function restartsOf({ status }: Pod): number {
  return status.containerStatuses?.[0]?.restartCount ?? 0;
}

/** The first process of a pod's container: those of its cgroup are of no other. */
function processOf({ metadata, status }: Pod): number | undefined {
  const id = status.containerStatuses?.[0]?.containerID?.split('://')[1];
  if (id === undefined) throw new Error(`${metadata.name} has no container`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => cgroupOf(pid).includes(id));
}

function cgroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no process to kill');
  process.kill(pid, 'SIGKILL');
}
