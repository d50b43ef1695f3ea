import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endAll, markedPids } from './processes';
import { runToEnd } from './run';
import { StepError } from './step';

/** What kubelet, kube-proxy and containerd change on a machine that they do not change back. */
const SETTINGS = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'net/ipv4/vs/conntrack',
  'net/netfilter/nf_conntrack_max',
  'net/netfilter/nf_conntrack_tcp_timeout_established',
  'net/netfilter/nf_conntrack_tcp_timeout_close_wait',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];
/** Folders outside of the cluster's that a node makes. */
const FOLDERS = [
  '/var/log/pods',
  '/var/log/containers',
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/run/containerd',
  '/run/netns',
];
const BEFORE = 'before.json';
const CGROUPS = '/sys/fs/cgroup';
/** The name of the cluster's CNI network. */
export const NETWORK = 'capstan';
/** The table of nftables in which tests cut pods off. */
export const PARTITION_TABLE = 'ip capstan-partition';
/** Tables that a node's programs make: kube-proxy's and the NetworkPolicy agent's; and that of tests. */
const TABLES = ['ip kube-proxy', 'ip6 kube-proxy', 'ip capstan-netpol', PARTITION_TABLE];

interface Before {
  readonly settings: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  /** Network links to other namespaces. */
  readonly links: readonly string[];
}

/**
 * Looks whether this process may make this machine a node.
 *
 * @throws StepError when it may not
 */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new StepError('a real node needs root');
}

/**
 * Looks whether this machine is no node yet.
 *
 * @throws StepError when something else is a kubelet here
 */
export function requireNoPods(): void {
  const [other] = podCgroups();
  if (other !== undefined) throw new StepError(`this machine runs a kubelet already: it has ${other}`);
}

/** Writes down what the machine is like, before a node is started. */
export async function rememberMachine(folder: string): Promise<void> {
  const settings = SETTINGS.filter((name) => existsSync(`/proc/sys/${name}`));
  const before: Before = {
    settings: Object.fromEntries(settings.map((name) => [name, setting(name)])),
    folders: FOLDERS.filter((path) => existsSync(path)),
    links: await podLinks(),
  };
  const part = join(folder, `${BEFORE}.part`);
  writeFileSync(part, JSON.stringify(before));
  renameSync(part, join(folder, BEFORE));
}

/** Changes a setting of the kernel, which {@link restoreMachine} changes back. */
export function setSetting(name: string, value: string): void {
  writeFileSync(`/proc/sys/${name}`, value);
}

function setting(name: string): string {
  return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
}

/**
 * Takes from the machine all that a node of this folder has made of it, in whatever state the node was left. Kubelet
 * and containerd have ended.
 */
export async function restoreMachine(folder: string): Promise<void> {
  const before = readBefore(folder);
  if (before === undefined) return;
  await endAll(markedPids(folder), 0);
  await endPods();
  await unmount(folder);
  await removePodCgroups();
  await removeNetwork();
  for (const [name, value] of Object.entries(before.settings)) {
    if (existsSync(`/proc/sys/${name}`) && setting(name) !== value) setSetting(name, value);
  }
  removeDeadSockets();
  const made = FOLDERS.filter((path) => !before.folders.includes(path) && existsSync(path));
  for (const path of made) await runToEnd({ program: 'rm', args: ['-rf', '--one-file-system', path] });
}

async function endPods(): Promise<void> {
  // A pod that was just being started may show up a moment later.
  for (let round = 0; round < 5; round += 1) {
    const pids = podCgroups().flatMap((cgroup) => foldersBelow(cgroup).flatMap(pidsIn));
    if (pids.length === 0) return;
    await endAll([...new Set(pids)], 0);
  }
}

function pidsIn(cgroup: string): number[] {
  try {
    return readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A group can be removed a moment after its last process has ended; `leftovers` tells of one that cannot. */
async function removePodCgroups(): Promise<void> {
  for (let round = 0; round < 50 && podCgroups().length > 0; round += 1) {
    for (const folder of podCgroups().flatMap(foldersBelow)) removeFolder(folder);
    await pause(20);
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it still.
  }
}

/** The folders of all pods' cgroups: one, or one for each controller of cgroups v1. */
function podCgroups(): string[] {
  if (!existsSync(CGROUPS)) return [];
  const folders = [CGROUPS, ...readdirSync(CGROUPS).map((name) => join(CGROUPS, name))];
  return folders.map((folder) => join(folder, 'kubepods')).filter((folder) => existsSync(folder));
}

/** The folder and all below, the deepest first. */
function foldersBelow(folder: string): string[] {
  let inside: string[];
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    inside = entries.filter((it) => it.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
  return [...inside.flatMap(foldersBelow), folder];
}

function mountsBelow(folder: string): string[] {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  const points = lines.map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '));
  return points
    .filter((point) => point.startsWith(`${folder}/`))
    .sort()
    .reverse();
}

async function unmount(folder: string): Promise<void> {
  for (const point of mountsBelow(folder)) {
    const { code } = await runToEnd({ program: 'umount', args: [point] });
    if (code !== 0) await runToEnd({ program: 'umount', args: ['--lazy', point] });
  }
}

async function removeNetwork(): Promise<void> {
  for (const table of TABLES)
    await runToEnd({ program: 'nft', args: ['delete', 'table', ...table.split(' ')] });
  await removePortMaps();
  const results = '/var/lib/cni/results';
  if (!existsSync(results)) return;
  const own = readdirSync(results).filter((name) => name.startsWith(`${NETWORK}-`));
  for (const name of own) await runToEnd({ program: 'rm', args: ['-f', join(results, name)] });
}

/** Host ports of pods are chains of iptables, of which CNI's plugin leaves the outer ones. */
async function removePortMaps(): Promise<void> {
  const nat = ['--table', 'nat'];
  const { stdout } = await runToEnd({ program: 'iptables', args: [...nat, '--list-rules'] });
  const lines = stdout.split('\n');
  const jumps = lines.filter((it) => /^-A (PREROUTING|OUTPUT|POSTROUTING) .*-j CNI-HOSTPORT-/.test(it));
  for (const jump of jumps) {
    const rule = jump.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
    await runToEnd({ program: 'iptables', args: [...nat, '--delete', ...rule.slice(1)] });
  }
  const chains = lines
    .map((it) => /^-N (CNI-(?:HOSTPORT|DN)-?\S*)/.exec(it)?.[1])
    .filter((it) => it !== undefined);
  for (const chain of chains) await runToEnd({ program: 'iptables', args: [...nat, '--flush', chain] });
  for (const chain of chains)
    await runToEnd({ program: 'iptables', args: [...nat, '--delete-chain', chain] });
}

/** Sockets of containerd's shims lie at a fixed place, whatever its settings say. */
function removeDeadSockets(): void {
  const sockets = '/run/containerd/s';
  if (!existsSync(sockets)) return;
  const living = readFileSync('/proc/net/unix', 'utf8');
  for (const name of readdirSync(sockets)) {
    const path = join(sockets, name);
    if (!living.includes(path)) void runToEnd({ program: 'rm', args: ['-f', path] });
  }
}

/** What there still is of a cluster on this machine, each in a few words; empty when nothing is. */
export async function leftovers(folder: string): Promise<string[]> {
  const left = markedPids(folder).map((pid) => `process ${pid}`);
  left.push(...mountsBelow(folder).map((point) => `mount ${point}`));
  const before = readBefore(folder);
  if (before === undefined) return left;
  left.push(...podCgroups().map((cgroup) => `cgroup ${cgroup}`));
  const { stdout } = await runToEnd({ program: 'nft', args: ['list', 'tables'] });
  left.push(
    ...TABLES.filter((table) => stdout.includes(`table ${table}`)).map((table) => `nft table ${table}`),
  );
  const links = (await podLinks()).filter((link) => !before.links.includes(link));
  left.push(...links.map((link) => `link ${link}`));
  return left;
}

function readBefore(folder: string): Before | undefined {
  const file = join(folder, BEFORE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Before) : undefined;
}

async function podLinks(): Promise<string[]> {
  const { stdout } = await runToEnd({ program: 'ip', args: ['-o', 'link', 'show', 'type', 'veth'] });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/:? /)[1] ?? '');
}
