import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { examplePostgres } from '../stateful/postgres/example-postgres';
import { documentsOf, exampleChart, find } from '../worker/example-worker';
import { freePort, RunningServer, runAsNobody, serverFolder } from './running-server';
import { describeServer } from './server-program';

const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Passwords that a careless script would break on, or run. */
const CREDENTIALS = {
  POSTGRES_USER: 'Dark Room',
  POSTGRES_PASSWORD: 'it\'s a \\ $(secret) "word"',
  POSTGRES_ADMIN_PASSWORD: 'also `this` one',
};

/** The files of the preset's ConfigMap in a folder, as the pod has them. */
function emittedFiles(folder: string): void {
  const chart = exampleChart();
  const resources = { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(256) };
  examplePostgres(chart, { resources });
  const { data } = find(documentsOf(chart), 'ConfigMap');
  mkdirSync(folder);
  for (const [name, text] of Object.entries<string>(data)) writeFileSync(join(folder, name), text);
}

describeServer('postgres', 'what PostgresServer emits', (programs) => {
  async function start() {
    const folder = serverFolder();
    stops.push(() => rmSync(folder, { recursive: true }));
    const config = join(folder, 'config');
    emittedFiles(config);
    const port = await freePort();
    const env = {
      ...CREDENTIALS,
      PATH: `${programs}${delimiter}${process.env.PATH}`,
      PGDATA: join(folder, 'pgdata'),
      PGPORT: String(port),
      POSTGRES_DATABASE: 'catalog',
    };
    const command = {
      program: '/bin/sh',
      args: [join(config, 'start.sh')],
      // The first start has one of its own while it makes the database, on no address.
      ready: /listening on IPv4 address "0\.0\.0\.0"[\s\S]*ready to accept connections/,
      env,
      refusesRoot: true,
    };
    const run = async () => {
      const server = await RunningServer.start(command);
      stops.push(() => server.stop());
      return server;
    };
    const psql = join(programs, 'psql');
    const at = ['--host=127.0.0.1', `--port=${port}`, '--no-psqlrc', '--set=ON_ERROR_STOP=1', '-At'];
    const asUser = (user: string) => [...at, `--username=${user}`, '--dbname=catalog'];
    const { POSTGRES_USER, POSTGRES_PASSWORD } = CREDENTIALS;
    const sql = (text: string, user = POSTGRES_USER, password = POSTGRES_PASSWORD) =>
      runAsNobody(psql, [...asUser(user), '--command', text], { PGPASSWORD: password }).trim();
    /** A client that stays. */
    const connect = async () => {
      const programEnv = { ...process.env, PGPASSWORD: POSTGRES_PASSWORD };
      const client = spawn(psql, asUser(POSTGRES_USER), { stdio: 'pipe', env: programEnv });
      stops.push(() => void client.kill());
      client.stdin.write('SELECT 1;\n');
      await once(client.stdout, 'data');
    };
    return { run, sql, connect, folder };
  }

  test('makes the database, and lets only its users in', async () => {
    const { run, sql } = await start();
    await run();
    expect(sql('SHOW max_connections')).toBe('10');
    expect(sql('SHOW data_checksums')).toBe('on');
    expect(sql('CREATE TABLE photo (id int); SELECT count(*) FROM photo')).toContain('0');
    expect(() => sql('SELECT 1', CREDENTIALS.POSTGRES_USER, 'wrong')).toThrow(
      /password authentication failed/,
    );
    expect(() => sql('CREATE ROLE other SUPERUSER')).toThrow(/permission denied|must be superuser/);
    expect(sql('SELECT 1', 'postgres', CREDENTIALS.POSTGRES_ADMIN_PASSWORD)).toBe('1');
  });

  test('keeps the data over a SIGTERM, which it obeys although a client is there', async () => {
    const { run, sql, connect } = await start();
    const first = await run();
    sql('CREATE TABLE photo AS SELECT 42 AS id');
    await connect();
    expect(await first.terminate()).toBe(0);
    expect(first.output).toContain('received fast shutdown request');
    await run();
    expect(sql('SELECT id FROM photo')).toBe('42');
  });

  test('makes the database anew when the first start was cut off', async () => {
    const { run, sql, folder } = await start();
    const part = join(folder, 'pgdata.part');
    runAsNobody('/bin/sh', ['-c', `mkdir ${part} && echo 15 >${part}/PG_VERSION`]);
    await run();
    expect(sql('SELECT 6 * 7')).toBe('42');
  });
});
