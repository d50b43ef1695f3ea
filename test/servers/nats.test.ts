import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import type { NatsClusterProps, NatsStreamProps } from '../../lib';
import { clusterDocuments } from '../stateful/nats/example-cluster';
import { find } from '../worker/example-worker';
import {
  type EmittedServer,
  emittedServers,
  onThisMachine,
  probe,
  runStreamJob,
  SECRET,
  startEmitted,
} from './emitted-nats';
import { NatsClient } from './nats-client';
import { describeServer } from './server-program';

const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function client({ ports }: EmittedServer, who = SECRET): Promise<NatsClient> {
  const made = await NatsClient.connect(ports.client, who);
  stops.push(() => made.close());
  return made;
}

test('the configuration is started as it is emitted, but for ports and folders', () => {
  const text = find(clusterDocuments(), 'ConfigMap').data['nats.conf'];
  const here = onThisMachine(text, { client: 1, routes: 2, monitor: 3 }, '/here').split('\n');
  const changed = text
    .split('\n')
    .flatMap((line: string, at: number) => (line === here[at] ? [] : [line.trim()]));
  expect(changed).toEqual([
    'port: 4222',
    'http_port: 8222',
    'pid_file: "/tmp/nats.pid"',
    'store_dir: "/data"',
    'port: 6222',
  ]);
});

describeServer('nats', 'what NatsCluster emits', (program) => {
  async function start(props: Partial<NatsClusterProps> = {}) {
    const servers = await emittedServers({ storage: Size.gibibytes(1), ...props });
    for (const { folder } of servers) stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const running = await Promise.all(servers.map((it) => startEmitted(program, it)));
    for (const server of running) stops.push(() => server.stop());
    const [first] = servers;
    if (first === undefined) throw new Error('no server');
    return { servers, running, first };
  }

  /** A cluster whose servers are up: they have found each other, and a leader. */
  async function startCluster() {
    const cluster = await start();
    for (const server of cluster.servers) await isUp(server);
    return cluster;
  }

  test('is accepted by the server without a warning', async () => {
    const { first } = await start({ replicas: 1 });
    const file = join(first.folder, 'nats.conf');
    const env = { ...process.env, ...first.env };
    expect(String(execFileSync(program, ['-t', '--config', file], { env, stdio: 'pipe' }))).not.toMatch(
      /warn/i,
    );
  });

  test('answers every probe as the kubelet asks it', async () => {
    const { first } = await start({ replicas: 1 });
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      expect([name, await probe(first, name)]).toEqual([name, 200]);
    }
  });

  test('lets in who knows the Secret, whatever its texts look like, and nobody else', async () => {
    const { first } = await start({ replicas: 1 });
    await expect(NatsClient.connect(first.ports.client)).rejects.toThrow('Authorization Violation');
    await expect(client(first, { ...SECRET, pass: '120000' })).rejects.toThrow('Authorization Violation');
    await (await client(first)).request('$JS.API.INFO');
  });

  test('lets everybody in without auth', async () => {
    const { first } = await start({ replicas: 1, auth: 'none' });
    const { limits } = await (await NatsClient.connect(first.ports.client)).request('$JS.API.INFO');
    expect(limits).toMatchObject({ max_storage: -1 });
  });

  test('stores what fits below maxStore, and nothing in memory', async () => {
    const { first } = await start({ replicas: 1 });
    const nats = await client(first);
    const create = (name: string, config: object) =>
      nats.request(`$JS.API.STREAM.CREATE.${name}`, { name, subjects: [name], ...config });
    expect(await create('fits', { max_bytes: 800 * 2 ** 20 })).not.toHaveProperty('error');
    expect((await create('more', { max_bytes: 2 ** 27 })).error?.description).toMatch(/insufficient storage/);
    const memory = await create('memory', { storage: 'memory', max_bytes: 1024 });
    expect(memory.error?.description).toMatch(/insufficient memory/);
  });

  test('keeps acknowledged messages over a kill', async () => {
    const { first, running } = await start({ replicas: 1 });
    const nats = await client(first);
    await nats.request('$JS.API.STREAM.CREATE.photos', { name: 'photos', subjects: ['photos'] });
    expect(await nats.request('photos', 'a task')).toMatchObject({ stream: 'photos', seq: 1 });
    await running[0]?.stop();
    const again = await startEmitted(program, first);
    stops.push(() => again.stop());
    const { state } = await (await client(first)).request('$JS.API.STREAM.INFO.photos');
    expect(state?.messages).toBe(1);
  });

  test('refuses a message above maxPayload', async () => {
    const { first } = await start({ replicas: 1, maxPayload: Size.kibibytes(4) });
    const nats = await client(first);
    await expect(nats.request('photos', 'x'.repeat(5000))).rejects.toThrow('Maximum Payload Violation');
  });

  test('becomes a cluster that keeps three copies and survives the loss of a server', async () => {
    const { servers, running, first } = await startCluster();
    const nats = await client(first);
    const { code, log } = runStreamJob(first, declarationOf());
    expect([code, log]).toEqual([0, expect.any(String)]);
    const made = await nats.request('$JS.API.STREAM.INFO.photos');
    expect(made.cluster?.replicas).toHaveLength(2);
    expect(await nats.request('photos', 'a task')).toMatchObject({ seq: 1 });
    const leader = servers.findIndex(({ name }) => name === made.cluster?.leader);
    await running[leader]?.stop();
    const other = servers[(leader + 1) % 3];
    if (other === undefined) throw new Error('no other server');
    const survivor = await client(other);
    expect(await publishUntilTaken(survivor)).toBe(2);
  });

  test('has the streams as they are declared, and as they are declared otherwise', async () => {
    const { first } = await start({ replicas: 1 });
    const nats = await client(first);
    const infoOf = async (name: string) => (await nats.request(`$JS.API.STREAM.INFO.${name}`)).config;
    const job = (props: NatsStreamProps) => runStreamJob(first, declarationOf({ replicas: 1, ...props }));
    expect(job({})).toMatchObject({ code: 0 });
    expect(await infoOf('photos')).toMatchObject({
      ...{ subjects: ['photos', 'photos.>'], retention: 'workqueue', discard: 'new', storage: 'file' },
      ...{ num_replicas: 1, max_bytes: 163 * 2 ** 20, max_age: 0, duplicate_window: 120e9 },
    });
    expect(await infoOf('photos-dead')).toMatchObject({
      ...{ subjects: ['photos-dead.*'], retention: 'limits', discard: 'old', max_age: 14 * 86_400e9 },
    });
    expect(job({ maxAge: Duration.hours(1) })).toMatchObject({ code: 0 });
    expect(await infoOf('photos')).toMatchObject({ max_age: 3600e9 });
    const refused = job({ retention: 'limits' });
    expect(refused).toMatchObject({ code: 2, log: expect.stringContaining('retention') });
    expect(await infoOf('photos')).toMatchObject({ retention: 'workqueue', max_age: 3600e9 });
  });

  test('lets no stranger in by its routes', async () => {
    const { first, running } = await startCluster();
    const socket = connect(first.ports.routes, '127.0.0.1');
    socket.write('CONNECT {"name":"stranger","cluster":"broker"}\r\nPING\r\n');
    stops.push(() => void socket.destroy());
    let said = '';
    for await (const part of socket) said += String(part);
    expect(said).toContain("-ERR 'Authorization Violation'");
    expect(running[0]?.output).toMatch(/Authorization|authentication error/i);
  });

  test('hands over and asks its clients to leave before the pod ends', async () => {
    const { first, running, servers } = await startCluster();
    const nats = await client(first);
    const left = nats.closed();
    const [, ...args] = first.container.lifecycle.preStop.exec.command;
    const pid = join(first.folder, 'nats.pid');
    execFileSync(
      program,
      args.map((it: string) => it.replace('/tmp/nats.pid', pid)),
      { stdio: 'pipe' },
    );
    expect(readFileSync(pid, 'utf8')).toMatch(/^\d+$/);
    await running[0]?.prints(/Entering lame duck mode/);
    await running[0]?.prints(/Initiating JetStream Shutdown[\s\S]*JetStream Shutdown/);
    expect(await probe(first, 'readinessProbe')).not.toBe(200);
    await left;
    await running[0]?.prints(/Server Exiting/);
    for (const server of servers.slice(1)) expect(await probe(server, 'readinessProbe')).toBe(200);
  });
});

/** Waits until a server is up, as the kubelet does. */
async function isUp(server: EmittedServer): Promise<void> {
  while ((await probe(server, 'startupProbe')) !== 200);
}

/** What the Job of stream photos reads, in the example cluster of 1 GiB a server. */
function declarationOf(props: NatsStreamProps = {}): string {
  const storage = Size.gibibytes(1);
  const documents = clusterDocuments({ storage }, (broker) => broker.stream('photos', props));
  return find(documents, 'ConfigMap', 'broker-streams-photos').data['streams.json'];
}

/** The sequence of the first message that the stream takes: until it has a new leader, nobody answers. */
async function publishUntilTaken(nats: NatsClient): Promise<number | undefined> {
  for (;;) {
    const { seq, error } = await nats.request('photos', 'another task');
    if (error === undefined) return seq;
  }
}
