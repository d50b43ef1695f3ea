import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { freePort, RunningServer, runAsNobody, serverFolder } from './running-server';
import { describeServer } from './server-program';

/** Kafka's first request: which versions it speaks, with 7 as the number that comes back. */
const API_VERSIONS = '\0\0\0\x0a\0\x12\0\0\0\0\0\x07\xff\xff';

const started: RunningServer[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(...command: Parameters<typeof RunningServer.start>): Promise<void> {
  started.push(await RunningServer.start(...command));
}

function folder(): string {
  const made = serverFolder();
  folders.push(made);
  return made;
}

/** What a port of this machine answers, in latin1; '' stands for a protocol in which the server speaks first. */
async function answer(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  if (request !== '') socket.write(request, 'latin1');
  for await (const part of socket) return part;
  return '';
}

describeServer('nats', 'nats-server', (program) => {
  test('starts with JetStream, and introduces itself', async () => {
    const port = await freePort();
    const args = ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', folder()];
    await start({ program, args, ready: /Server is ready/ });
    expect(await answer(port, '')).toMatch(/^INFO .*"jetstream":true/);
  });
});

describeServer('redis', 'redis-server', (program) => {
  test('starts, and answers', async () => {
    const port = await freePort();
    const args = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder()];
    await start({ program, args, ready: /Ready to accept connections/ });
    expect(await answer(port, 'PING\r\n')).toBe('+PONG\r\n');
  });
});

describeServer('postgres', 'PostgreSQL', (programs) => {
  test('starts on a fresh folder, and answers', async () => {
    const data = folder();
    const port = await freePort();
    runAsNobody(join(programs, 'initdb'), ['-D', data, '-U', 'test', '--auth=trust', '--no-sync']);
    const args = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', '', '-F'];
    await start({
      program: join(programs, 'postgres'),
      args,
      ready: /ready to accept connections/,
      refusesRoot: true,
    });
    const connection = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'test', 'postgres'];
    expect(runAsNobody(join(programs, 'psql'), [...connection, '-Atc', 'SELECT 6 * 7'])).toBe('42\n');
  });
});

describeServer('kafka', 'Kafka', (jars) => {
  test('starts as broker and controller on a fresh folder', async () => {
    const [broker, controller] = [await freePort(), await freePort()];
    const data = folder();
    const settings = join(data, 'server.properties');
    writeFileSync(settings, kafkaSettings({ broker, controller, data }));
    const java = ['-Xmx256m', '-cp', join(jars, '*')];
    const cluster = 'Y2Fwc3RhbmNhcHN0YW5jYQ';
    const format = ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', settings];
    execFileSync('java', [...java, ...format], { stdio: 'pipe' });
    await start({ program: 'java', args: [...java, 'kafka.Kafka', settings], ready: /Kafka Server started/ });
    expect(await answer(broker, API_VERSIONS)).toContain('\0\0\0\x07');
  });
});

function kafkaSettings(at: { broker: number; controller: number; data: string }): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${at.controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${at.broker},CONTROLLER://127.0.0.1:${at.controller}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(at.data, 'log')}`,
    'offsets.topic.replication.factor=1',
  ].join('\n');
}
