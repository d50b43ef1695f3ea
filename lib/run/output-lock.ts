import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError, isSystemError } from '../command-error';

/**
 * Takes an output folder for this run, so that a second one does not replace the log and the report of the first.
 * A lock of a run that is no longer there, because it was killed, is taken over.
 *
 * @param file the lock file, in a folder that is there
 * @returns gives the folder back
 * @throws CommandError while another run has it
 */
export function lockOutput(file: string): () => void {
  if (!claim(file)) {
    const holder = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (isAlive(holder)) {
      throw new CommandError(
        `Another run, process ${holder}, works in the same output folder. Wait for it, or give another --output.`,
      );
    }
    rmSync(file, { force: true });
    if (!claim(file)) throw new CommandError('Another run has just begun in the same output folder.');
  }
  return () => rmSync(file, { force: true });
}

function claim(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
