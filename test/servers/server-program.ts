import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';

/** A server that tests start: a script of tools/servers finds its program. */
export type ServerName = 'kafka' | 'nats' | 'postgres' | 'redis';

/**
 * Where a server's program is: nats-server, redis-server, the folder of PostgreSQL's programs or of Kafka's jars.
 * Nothing is built or installed for it.
 *
 * @returns undefined, with a line, when the server is not here
 * @throws Error in CI when the server is not here
 */
export function serverProgram(name: ServerName): string | undefined {
  const script = join(PACKAGE_ROOT, 'tools/servers', `${name}.sh`);
  const { status, stdout, stderr } = spawnSync(script, ['--find'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  const why = (stdout + stderr).trim();
  if (status !== 77 || process.env.CI === 'true') throw new Error(why);
  console.warn(`skipped: ${why}`);
  return undefined;
}

/** A group of tests on a real server, skipped with a line where it is not at hand. */
export function describeServer(name: ServerName, title: string, tests: (program: string) => void): void {
  const program = serverProgram(name);
  if (program === undefined) describe.skip(title, () => tests(''));
  else describe(title, () => tests(program));
}
