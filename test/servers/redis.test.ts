import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { RUNTIME_FOLDER } from '../../lib/package-root';
import { exampleRedis, REPLICATED } from '../stateful/redis/example-redis';
import { documentsOf, exampleChart, find } from '../worker/example-worker';
import { RunningServer, runAsNobody } from './running-server';
import { describeServer } from './server-program';

const PASSWORD = 'it\'s a \\ $(secret) "word"';

const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Addresses of this machine alone, one for each member, so that all have the ports of the preset. */
const MEMBERS = ['127.0.10.1', '127.0.10.2', '127.0.10.3'];

/** The files of the preset's ConfigMap: as they are, but each member binds its own address and not all. */
function emittedFiles(folder: string, address: string, replicated: boolean): void {
  const chart = exampleChart();
  exampleRedis(chart, replicated ? REPLICATED : {});
  const { data } = find(documentsOf(chart), 'ConfigMap');
  for (const [name, text] of Object.entries<string>(data)) {
    writeFileSync(join(folder, name), text.replace(/^bind .*$/m, `bind ${address}`));
  }
}

/** A member of the preset on an address of this machine. */
class Member {
  private readonly folder = mkdtempSync(join(tmpdir(), 'capstan-redis-'));

  constructor(
    private readonly address: string,
    private readonly members: readonly string[],
  ) {
    stops.push(() => rmSync(this.folder, { recursive: true }));
    for (const name of ['data', 'tmp']) mkdirSync(join(this.folder, name));
    emittedFiles(this.folder, address, members.length > 1);
  }

  redis(): Promise<RunningServer> {
    return this.start('start.sh', /Ready to accept connections/);
  }

  sentinel(): Promise<RunningServer> {
    return this.start('sentinel.sh', /\+monitor master master/);
  }

  ask(...command: string[]): string {
    const args = ['-h', this.address, '--raw', ...command];
    return runAsNobody('redis-cli', args, { REDISCLI_AUTH: PASSWORD }).trim();
  }

  private async start(script: string, ready: RegExp): Promise<RunningServer> {
    const server = await RunningServer.start({
      program: '/bin/sh',
      args: [join(this.folder, script)],
      ready,
      env: {
        REDISCLI_AUTH: PASSWORD,
        REDIS_DATA: join(this.folder, 'data'),
        TMPDIR: join(this.folder, 'tmp'),
        ...(this.members.length > 1 && { POD_NAME: this.address, REDIS_MEMBERS: this.members.join(' ') }),
      },
    });
    stops.push(() => server.stop());
    return server;
  }
}

/** Publishes and works off tasks with the Go runtime's client, which asks the Sentinels for the master. */
function workOffTasks(): void {
  const test = '^TestTasksGoThroughServersOfThePreset$';
  const output = execFileSync('go', ['test', '-count=1', '-v', '-run', test, './queue/redis'], {
    cwd: RUNTIME_FOLDER,
    encoding: 'utf8',
    env: {
      ...process.env,
      CAPSTAN_TEST_SENTINELS: MEMBERS.map((address) => `${address}:26379`).join(','),
      CAPSTAN_TEST_MASTER: 'master',
      CAPSTAN_TEST_PASSWORD: PASSWORD,
    },
  });
  expect(output).toMatch(/^--- PASS: TestTasksGoThroughServersOfThePreset/m);
}

describeServer('redis', 'what RedisServer emits', () => {
  test('is a cache behind a password', async () => {
    const cache = new Member('127.0.10.9', []);
    await cache.redis();
    expect(cache.ask('set', 'photo', '1')).toBe('OK');
    expect(cache.ask('config', 'get', 'maxmemory-policy')).toContain('allkeys-lru');
    expect(runAsNobody('redis-cli', ['-h', '127.0.10.9', 'get', 'photo'])).toContain('NOAUTH');
  });

  test('fails over to a copy when the master is killed, which then comes back as a copy', async () => {
    const members = MEMBERS.map((address) => new Member(address, MEMBERS));
    const [first] = members;
    if (first === undefined) throw new Error('there are members');
    const processes = [];
    for (const member of members) processes.push(await member.redis());
    const sentinels = [];
    for (const member of members) sentinels.push(await member.sentinel());
    // Without the others a Sentinel cannot decide anything.
    for (const sentinel of sentinels) await sentinel.prints(/(\+sentinel sentinel[\s\S]*){2}/);
    await processes[2]?.prints(/MASTER <-> REPLICA sync: Finished with success/);
    // The master counts a copy, without which it refuses to write, only once it has heard from it.
    await processes[0]?.prints(/(Synchronization with replica [^\n]* succeeded[\s\S]*){2}/);
    expect(first.ask('set', 'photo', '42')).toBe('OK');
    expect(first.ask('wait', '2', '0')).toBe('2');
    workOffTasks();

    await processes[0]?.stop();
    await sentinels[0]?.stop();
    await sentinels[1]?.prints(/\+switch-master master 127\.0\.10\.1 6379/);
    const master = members[1]?.ask('-p', '26379', 'sentinel', 'get-master-addr-by-name', 'master');
    const [address] = master?.split('\n') ?? [];
    expect(MEMBERS.slice(1)).toContain(address);
    workOffTasks();

    const again = await first.redis();
    await again.prints(/MASTER <-> REPLICA sync: Finished with success/);
    expect(first.ask('role').split('\n').slice(0, 2)).toEqual(['slave', address]);
    expect(first.ask('get', 'photo')).toBe('42');
  }, 300_000);
});
