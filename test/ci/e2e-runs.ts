// How `npm run e2e` behaves, whatever its suites say: a step that fails is told of in one line with its log, two runs in a
// row work, a run that is killed half-way is cleaned up by the next, and the machine is after each as it was before.
// Needs root, and that nobody else has a real node here.
//
//   node --import tsx test/ci/e2e-runs.ts
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { down } from '../../tools/cluster/down';
import { whileHolding } from '../../tools/cluster/lock';
import { endAll, markedPids, pidsWith } from '../../tools/cluster/processes';
import { clusterFolder, clustersFolder, ROOT } from '../../tools/cluster/state';
import { Progress } from '../../tools/cluster/step';
import { SESSION_VARIABLE } from '../e2e/session';

const SKIPPED = 77;
/** It makes pods and volumes, and takes seconds. */
const SUITE = 'volumes';
const NAME = 'e2e';
const FOLDER = clusterFolder(NAME);
const PATIENCE_MS = 300_000;
const SYSTEM_FOLDERS = ['/var/log/pods', '/var/lib/kubelet', '/var/lib/cni', '/run/netns'];
const CGROUPS = '/sys/fs/cgroup';
const SETTINGS = ['net/ipv4/ip_forward', 'vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic'];

/** What a run may not change: each in a line. */
function machine(): string[] {
  const said = (program: string, ...args: string[]) =>
    spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const inside = (path: string) => (isFolder(path) ? readdirSync(path) : []).map((it) => `${path}/${it}`);
  const setting = (name: string) => readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  return [
    ...said('nft', 'list', 'tables'),
    ...said('ip', '-o', 'link', 'show', 'type', 'veth').map((line) => line.split('@')[0] ?? ''),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(clustersFolder())),
    ...SYSTEM_FOLDERS.flatMap(inside),
    ...SETTINGS.map((name) => `${name} ${setting(name)}`),
    ...inside(clustersFolder()).filter((path) => path.startsWith(FOLDER) && !path.endsWith('.failed')),
    ...[CGROUPS, ...inside(CGROUPS)].map((path) => join(path, 'kubepods')).filter((path) => existsSync(path)),
  ].sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a suite to its end, on a cluster of its own. */
function run(suite: string): Promise<Ended> {
  const child = started(suite);
  return new Promise((settle) => child.on('close', (code) => settle({ code, said: child.said() })));
}

/** The runner itself, without npm before it. */
function started(suite: string) {
  const args = ['--import', 'tsx', 'test/e2e/main.ts', suite];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  return Object.assign(child, { said: () => text });
}

function fail(what: string, said: string): never {
  console.error(said.trimEnd().split('\n').slice(-40).join('\n'));
  throw new Error(what);
}

/** Nothing of a run is there any more, and the machine is as it was. */
function requireNothingLeft(before: readonly string[], after: string): void {
  const pids = [...markedPids(FOLDER), ...pidsWith(SESSION_VARIABLE)];
  if (pids.length > 0) fail(`${after} leaves processes ${pids.join(', ')}`, '');
  const now = machine();
  if (isDeepStrictEqual(now, before)) return;
  const changed = [
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
  ];
  fail(`${after} leaves the machine changed`, changed.join('\n'));
}

async function aFailureIsTold(): Promise<void> {
  const { code, said } = await run('planted');
  if (code !== 1) fail(`a suite that fails ends the run with ${code}`, said);
  const lines = said.split('\n');
  const [step] = lines.filter((line) => line.startsWith('    FAILED the cluster has no node ('));
  const [suite] = lines.filter((line) => line.startsWith('FAILED  planted ('));
  for (const line of [step, suite]) {
    const log = /Expected: 0 Received: 1\. Its log: (\S+)$/.exec(line ?? '')?.[1];
    if (log === undefined) fail(`no line says what failed and where its log is: ${line}`, said);
    if (!readFileSync(log, 'utf8').includes('Received: 1')) fail(`${log} does not say more`, said);
  }
}

/** Kills the runner, and nothing else, when its suite has begun: jest and the cluster go on. */
async function isKilledHalfWay(): Promise<void> {
  const child = started(SUITE);
  const deadline = Date.now() + PATIENCE_MS;
  while (pidsWith(SESSION_VARIABLE).length === 0 && Date.now() < deadline && child.exitCode === null)
    await pause(100);
  child.kill('SIGKILL');
  const [programs, suites] = [markedPids(FOLDER), pidsWith(SESSION_VARIABLE)];
  if (programs.length === 0 || suites.length === 0) fail('a run that is killed left nothing', child.said());
  console.log(`killed; ${programs.length} processes of its cluster and ${suites.length} of its suite go on`);
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.log('needs root');
    return SKIPPED;
  }
  const before = machine();
  try {
    await allOfIt(before);
    return 0;
  } finally {
    await endAll(pidsWith(SESSION_VARIABLE), 0);
    await whileHolding(NAME, () => down(NAME, new Progress()));
  }
}

async function allOfIt(before: readonly string[]): Promise<void> {
  const passes = async (which: string) => {
    const { code, said } = await run(SUITE);
    if (code !== 0 || !said.includes('1 passed, 0 failed')) fail(`${which} does not pass`, said);
    requireNothingLeft(before, which);
    console.log(`${which} passes, and nothing is left`);
  };
  await aFailureIsTold();
  requireNothingLeft(before, 'a step that fails');
  console.log('a step that fails is told of in one line with its log, and nothing is left');
  await isKilledHalfWay();
  await passes('the run after one that was killed');
  await passes('one more run after that');
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`FAILED: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  },
);
