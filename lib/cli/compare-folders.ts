import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { markedFiles } from '../synth/write-files';

/**
 * Files, by path relative to their folder, that `capstan synth` would write or remove; sorted. What others have put
 * into the folder does not count, as it stays.
 *
 * @param committed the folder that is compared; it need not exist
 * @param fresh what a synthesis wrote into an empty folder
 */
export function staleFiles(committed: string, fresh: string): string[] {
  const files = new Set([...markedFiles(committed), ...filesBelow(fresh)]);
  return [...files].filter((file) => !isSame(join(committed, file), join(fresh, file))).sort();
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function isSame(one: string, other: string): boolean {
  return isFile(one) && isFile(other) && readFileSync(one).equals(readFileSync(other));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
