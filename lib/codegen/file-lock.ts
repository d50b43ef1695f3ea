import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { isSystemError } from '../command-error';

/** How long to wait for another holder, who needs milliseconds. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Does something while no other process does the same under this path. Blocks the process, so it is for work of
 * milliseconds. A lock left by a process that died is taken over after 10 s.
 *
 * @param path a file that exists while the lock is held
 */
export function withFileLock<T>(path: string, work: () => T): T {
  take(path, Date.now() + PATIENCE_MS);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string, deadline: number): void {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      return;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > PATIENCE_MS) rmSync(path, { force: true });
    else if (Date.now() > deadline) throw new Error(`${path} is held by another process`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}
