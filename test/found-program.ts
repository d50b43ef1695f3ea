import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../lib/package-root';

/**
 * What a script of tools/ says of a program, with `--find`: its path, or the folder that it is in. Nothing is built or
 * installed for it.
 *
 * @param script such as `servers/nats.sh`
 * @returns undefined, with a line, when the program is not here
 * @throws Error in CI when the program is not here
 */
export function foundProgram(script: string, ...args: readonly string[]): string | undefined {
  const path = join(PACKAGE_ROOT, 'tools', script);
  const { status, stdout, stderr } = spawnSync(path, [...args, '--find'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  const why = (stdout + stderr).trim();
  if (status !== 77 || process.env.CI === 'true') throw new Error(why);
  console.warn(`skipped: ${why}`);
  return undefined;
}
