import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../lib/command-error';
import { clustersFolder } from './state';
import { StepError } from './step';

/**
 * Does something with a cluster while no other process does. A holder that has died holds nothing.
 *
 * @throws StepError when another process does something with it
 */
export async function whileHolding<T>(name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(clustersFolder(), { recursive: true, mode: 0o700 });
  const file = join(clustersFolder(), `${name}.lock`);
  take(file, name);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, name: string): void {
  for (;;) {
    try {
      const opened = openSync(file, 'wx');
      writeSync(opened, String(process.pid));
      closeSync(opened);
      return;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
    const holder = Number(readFileSync(file, 'utf8'));
    if (isAlive(holder)) throw new StepError(`process ${holder} is busy with the cluster ${name}`);
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
