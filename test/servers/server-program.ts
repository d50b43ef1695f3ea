import { describe } from '@jest/globals';
import { foundProgram } from '../found-program';

/** A server that tests start: a script of tools/servers finds its program. */
export type ServerName = 'kafka' | 'nats' | 'postgres' | 'redis';

/** Where a server's program is: nats-server, redis-server, the folder of PostgreSQL's programs or of Kafka's jars. */
export function serverProgram(name: ServerName): string | undefined {
  return foundProgram(`servers/${name}.sh`);
}

/** A group of tests on a real server, skipped with a line where it is not at hand. */
export function describeServer(name: ServerName, title: string, tests: (program: string) => void): void {
  const program = serverProgram(name);
  if (program === undefined) describe.skip(title, () => tests(''));
  else describe(title, () => tests(program));
}
