import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error';

/** Tasks for each slot that a run has at least, so that its pool is full most of the time. */
const PER_SLOT = 8;

/**
 * Makes a folder of tasks that is large enough for a pool: the input as often as that takes, each copy in a folder of its
 * own.
 *
 * @param slots most tasks that run at the same time
 * @returns the folder
 * @throws CommandError when the input has no file
 */
export function repeatInput(input: string, slots: number, folder: string): string {
  const files = readdirSync(input, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  if (files.length === 0) {
    throw new CommandError(
      `--input must be a folder with files, got none in ${input}. Its files are the tasks.`,
    );
  }
  const copies = Math.max(1, Math.ceil((PER_SLOT * slots) / files.length));
  for (let copy = 1; copy <= copies; copy++) cpSync(input, join(folder, String(copy)), { recursive: true });
  return folder;
}

/** A folder without tasks. */
export function emptyInput(folder: string): string {
  mkdirSync(folder);
  return folder;
}
