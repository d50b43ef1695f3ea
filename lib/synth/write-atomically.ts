import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file in one step, and only when its text differs. Makes the folders on the way. */
export function writeAtomically(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, text, `${path}.${process.pid}.part`);
}

/**
 * Writes a file in one step: a reader sees the old or the new file, never half of one.
 *
 * @param part what is written into before it is renamed; in a folder that is there, on the same disk
 */
export function replaceFile(path: string, text: string, part: string): void {
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
