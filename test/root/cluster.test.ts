import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leftovers } from '../../tools/cluster/machine';
import { endAll, markedPids } from '../../tools/cluster/processes';
import { clusterFolder, failedLogs, ROOT } from '../../tools/cluster/state';
import { foundProgram } from '../found-program';

const NAME = 'test-lifecycle';
const OTHER = 'test-lifecycle-other';
const folder = clusterFolder(NAME);

const isBuilt = foundProgram('cluster/build.sh', 'newest') !== undefined;

let child: ChildProcess | undefined;
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'capstan-lifecycle-'));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  for (const name of [NAME, OTHER]) await cluster(['down'], { name }).ended;
  rmSync(failedLogs(NAME), { recursive: true, force: true });
  rmSync(temporary, { recursive: true });
});

interface Surroundings {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command on a cluster of this test. */
function cluster(args: readonly string[], { name = NAME, env = {} }: Surroundings = {}) {
  const main = join(ROOT, 'tools', 'cluster', 'main.ts');
  const options = { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as const };
  const started = spawn(process.execPath, ['--import', 'tsx', main, ...args, '--name', name], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const printed = { text: '' };
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (part) => {
      printed.text += String(part);
    });
  }
  const ended = once(started, 'close').then(([code]) => ({
    code: code as number | null,
    text: printed.text,
  }));
  return { child: started, printed, ended };
}

/** Starts `up` and kills it as soon as it has said something. */
async function killedAfter(text: string): Promise<void> {
  const up = cluster(['up', '--real']);
  const said = new Promise<void>((settle) => {
    for (const stream of [up.child.stdout, up.child.stderr]) {
      stream.on('data', () => up.printed.text.includes(text) && settle());
    }
  });
  await Promise.race([said, up.ended]);
  up.child.kill('SIGKILL');
  const { code } = await up.ended;
  expect(code).toBeNull();
}

const describeBuilt = isBuilt ? describe : describe.skip;

describeBuilt('a cluster with a real node', () => {
  test.each(['keys made', 'kube-apiserver is ready', 'registry and containerd are ready'])(
    'leaves nothing behind when it is killed after "%s"',
    async (text) => {
      await killedAfter(text);
      expect(existsSync(folder)).toBe(true);
      const down = await cluster(['down']).ended;
      expect(down).toEqual({ code: 0, text: expect.stringContaining('is down') });
      expect(existsSync(folder)).toBe(false);
      expect(await leftovers(folder)).toEqual([]);
    },
  );

  test('comes up where the last one was killed half-way, and is down without a trace', async () => {
    const forwarding = '/proc/sys/net/ipv4/ip_forward';
    const setting = () => spawnSync('cat', [forwarding], { encoding: 'utf8' }).stdout;
    const before = setting();
    await killedAfter('registry and containerd are ready');
    const up = await cluster(['up', '--real']).ended;
    expect(up).toEqual({ code: 0, text: expect.stringContaining('export KUBECONFIG=') });
    const second = await cluster(['up', '--real']).ended;
    expect(second.code).toBe(0);
    expect((await cluster(['down']).ended).code).toBe(0);
    expect(await leftovers(folder)).toEqual([]);
    expect(setting()).toBe(before);
  });

  test('takes down another one whose processes were all killed, and none that lives', async () => {
    expect((await cluster(['up', '--real']).ended).code).toBe(0);
    const beside = await cluster(['up', '--real'], { name: OTHER }).ended;
    expect(beside).toEqual({
      code: 1,
      text: `FAILED: this machine is the node of the cluster ${NAME}: npm run cluster -- down --name ${NAME}\n`,
    });
    await endAll(markedPids(folder), 0);
    const after = await cluster(['up', '--real'], { name: OTHER }).ended;
    expect(after).toEqual({
      code: 0,
      text: expect.stringMatching(`the cluster ${NAME} is down[^]*export KUBECONFIG=`),
    });
    expect(existsSync(folder)).toBe(false);
    expect((await cluster(['down'], { name: OTHER }).ended).code).toBe(0);
    expect(await leftovers(clusterFolder(OTHER))).toEqual([]);
  });

  test('fails in one line, with the log, when a program does not come up, and leaves nothing running', async () => {
    const containerd = join(temporary, 'containerd');
    writeFileSync(containerd, '#!/bin/sh\necho "no containerd today"\nexit 1\n');
    chmodSync(containerd, 0o755);
    const PATH = `${temporary}${delimiter}${process.env.PATH}`;
    const { code, text } = await cluster(['up', '--real'], { env: { PATH } }).ended;
    const log = join(failedLogs(NAME), 'containerd.log');
    expect(code).toBe(1);
    expect(text).toContain(`FAILED: containerd did not come up (its process ended). Its log: ${log}\n`);
    expect(text).toContain('no containerd today');
    expect(existsSync(log)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  test('fails in one line where a package is missing', async () => {
    const PATH = [temporary, '/usr/local/go/bin', '/bin'].join(delimiter);
    for (const name of ['go', 'openssl']) writeFileSync(join(temporary, name), '', { mode: 0o755 });
    const { code, text } = await cluster(['up', '--real', '--with', 'kedda'], { env: { PATH } }).ended;
    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/^FAILED: add-on must be of .*, got kedda\n$/),
    });
  });
});
