import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listedFiles } from '../synth/file-list';
import { filesBelow } from '../synth/files-below';

/**
 * Files, by path relative to their folder, that `capstan synth` would write or remove; sorted. What others have put
 * into the folder does not count, as it stays.
 *
 * @param committed the folder that is compared; it need not exist
 * @param fresh what a synthesis wrote into an empty folder
 */
export function staleFiles(committed: string, fresh: string): string[] {
  const files = new Set([...listedFiles(committed), ...filesBelow(fresh)]);
  return [...files].filter((file) => !isSame(join(committed, file), join(fresh, file))).sort();
}

function isSame(one: string, other: string): boolean {
  return isFile(one) === isFile(other) && (!isFile(one) || readFileSync(one).equals(readFileSync(other)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
