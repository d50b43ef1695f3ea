import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Cluster, DNS_ADDRESS, logOf } from './state';
import { until } from './step';

/** The variable by which every process of a cluster is known, with the cluster's folder as value. */
const MARK = 'CAPSTAN_CLUSTER';
const PAUSE_MS = 20;

/** A program of the cluster that goes on when this process has ended. */
export interface Program {
  /** What it is called in messages, and names its log. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides the few that every program gets. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it finds Services by their names, as a pod does. Needs root. @default false */
  readonly knowsServices?: boolean;
}

/** Starts a program of the cluster. Its folder is the cluster's. */
export function start(cluster: Cluster, { name, env, ...wanted }: Program): void {
  const { program, args } = wanted.knowsServices === true ? asInPod(cluster, wanted) : wanted;
  const log = openSync(logOf(cluster, name), 'a');
  const { folder } = cluster;
  const child = spawn(program, [...args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    // No proxy and no other setting of the user is for it.
    env: { HOME: folder, PATH: process.env.PATH, [MARK]: folder, ...env },
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid !== undefined)
    writeFileSync(pidFile(folder, name), `${child.pid} ${startOf(child.pid) ?? ''}`);
}

/** In a mount namespace of its own, in which names are looked up as in a pod. */
function asInPod({ folder }: Cluster, { program, args }: Pick<Program, 'program' | 'args'>) {
  const file = join(folder, 'config', 'resolv.conf');
  const search = 'search default.svc.cluster.local svc.cluster.local cluster.local';
  writeFileSync(file, `nameserver ${DNS_ADDRESS}\n${search}\noptions ndots:5\n`);
  const script = `mount --bind ${file} /etc/resolv.conf && exec "$0" "$@"`;
  return { program: 'unshare', args: ['--mount', '/bin/sh', '-c', script, program, ...args] };
}

/** Waits until a program that was started serves. */
export async function serves(
  cluster: Cluster,
  name: string,
  check: () => Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const isOver = () => !isRunning(cluster, name);
  await until(check, { otherwise: `${name} did not come up`, seconds, log: logOf(cluster, name), isOver });
}

/** Whether a program that was started still runs. */
export function isRunning({ folder }: Cluster, name: string): boolean {
  return recordedPid(folder, name) !== undefined;
}

/** The names of the programs that were started, whether they still run or not. */
export function startedPrograms({ folder }: { readonly folder: string }): string[] {
  const records = join(folder, 'pids');
  return existsSync(records) ? readdirSync(records).sort() : [];
}

/** Its process; undefined when it has ended. */
export function recordedPid(folder: string, name: string): number | undefined {
  const file = pidFile(folder, name);
  if (!existsSync(file)) return undefined;
  const [pid, began] = readFileSync(file, 'utf8').split(' ');
  const found = startOf(Number(pid));
  // Numbers of processes are used again.
  return found !== undefined && found === began ? Number(pid) : undefined;
}

/** Ends programs: asked to, and after so many seconds for good. */
export async function stop(folder: string, names: readonly string[], seconds: number): Promise<void> {
  const pids = names.map((name) => recordedPid(folder, name)).filter((pid) => pid !== undefined);
  await endAll(pids, seconds);
  for (const name of names) rmSync(pidFile(folder, name), { force: true });
}

/** Ends processes: asked to, and after so many seconds for good. */
export async function endAll(pids: readonly number[], seconds: number): Promise<void> {
  if (seconds > 0) for (const pid of pids) signal(pid, 'SIGTERM');
  const deadline = Date.now() + seconds * 1000;
  while (pids.some(isAlive) && Date.now() < deadline) await pause(PAUSE_MS);
  for (const pid of pids.filter(isAlive)) signal(pid, 'SIGKILL');
  const dead = Date.now() + 5000;
  while (pids.some(isAlive) && Date.now() < dead) await pause(PAUSE_MS);
}

/** Every process that was started for the cluster in this folder, also by one that was. */
export function markedPids(folder: string): number[] {
  return pidsWith(MARK, folder);
}

/**
 * Every other process that has a variable.
 *
 * @param value any value unless told
 */
export function pidsWith(variable: string, value?: string): number[] {
  const isMeant = (it: string) =>
    value === undefined ? it.startsWith(`${variable}=`) : it === `${variable}=${value}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid) && environmentOf(pid).some(isMeant));
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It has ended, or belongs to somebody else.
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  return startOf(pid) !== undefined;
}

/** When a process began, in ticks since the machine did; undefined when it has ended, also when nobody has asked how. */
function startOf(pid: number): string | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold spaces. State is field 3, the start field 22: see proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function pidFile(folder: string, name: string): string {
  return join(folder, 'pids', name);
}
