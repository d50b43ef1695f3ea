import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { listedFiles } from '../synth/file-list';
import { filesBelow } from '../synth/files-below';

/** Endings of the files that `kubectl apply --filename` and Argo CD read in a folder. */
const DEPLOYED = /\.(ya?ml|json|jsonnet)$/;

/**
 * Files, by path relative to their folder, that `capstan synth` would write or remove; sorted. What others have put
 * into the folder does not count, as it stays: {@link strayFiles} has those that matter.
 *
 * @param committed the folder that is compared; it need not exist
 * @param fresh what a synthesis wrote into an empty folder
 */
export function staleFiles(committed: string, fresh: string): string[] {
  const files = new Set([...listedFiles(committed), ...filesBelow(fresh)]);
  return [...files].filter((file) => !isSame(join(committed, file), join(fresh, file))).sort();
}

/**
 * Files, by path relative to their folder, that `capstan synth` neither writes nor removes, and that are deployed
 * nevertheless, since kubectl and Argo CD read them in that folder; sorted.
 *
 * @param committed the folder that is compared; it need not exist
 * @param fresh what a synthesis wrote into an empty folder
 */
export function strayFiles(committed: string, fresh: string): string[] {
  const own = new Set([...listedFiles(committed), ...filesBelow(fresh)]);
  return entriesBelow(committed)
    .filter((file) => DEPLOYED.test(file) && !own.has(file))
    .sort();
}

/** All but folders: a link to a file is read as the file. */
function entriesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

function isSame(one: string, other: string): boolean {
  return isFile(one) === isFile(other) && (!isFile(one) || readFileSync(one).equals(readFileSync(other)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
