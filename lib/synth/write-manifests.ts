import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { isSystemError } from '../command-error';
import { formatList, isListDamaged, LIST_FILE, listedFiles } from './file-list';
import { ManifestWriteError } from './manifest-write-error';
import { replaceFile } from './write-atomically';

/** What is written into before it is renamed; the number is that of the process. */
const PART = /^\.capstan\.(\d+)\.part$/;

/** Files that apps of this process have written, by absolute folder and app: several apps may share a folder. */
const written = new Map<string, Map<symbol, readonly string[]>>();

/** Whether this process has begun to write into a folder. */
export function hasWritten(folder: string): boolean {
  return written.has(resolve(folder));
}

/** Files that other apps of this process have written into a folder, by path relative to it. */
export function writtenBeside(folder: string, app: symbol): string[] {
  const others = [...(written.get(resolve(folder)) ?? [])].filter(([other]) => other !== app);
  return others.flatMap(([, names]) => names);
}

/**
 * Makes a folder hold exactly these files, and those that other apps of this process wrote there: changed ones are
 * replaced in one step, unchanged ones are left as they are, and files on the folder's list that are no longer wanted
 * are removed, as GitOps would go on deploying them. Files that are not on the list stay.
 *
 * @param files text by path relative to the folder, with `/`
 * @param app tells apps of a process apart
 * @param review called before anything is written
 * @throws ManifestWriteError when a file that is not on the list has the name of a manifest and another text (then
 * nothing is written), and when the system refuses
 */
export function writeManifests(
  folder: string,
  files: ReadonlyMap<string, string>,
  app: symbol,
  review: () => void = () => {},
): void {
  ManifestWriteError.during(folder, () => {
    mkdirSync(folder, { recursive: true });
    removeAbandonedParts(folder);
    const beside = writtenBeside(folder, app);
    if (isListDamaged(folder)) tellOfDamage(folder);
    const listed = [...listedFiles(folder), ...beside];
    const { added, replaced } = changesOf(folder, files);
    refuseForeign(folder, replaced, new Set(listed));
    const wanted = new Set([...files.keys(), ...beside]);

    const removed = listed.filter((name) => !wanted.has(name));
    review();

    const known = new Set([...listed, ...wanted]);
    const ofOthers = () => listedFiles(folder).filter((name) => !known.has(name));
    // Killed at any moment, the list names at least what is there: the next run repairs the rest.
    writeList(folder, new Set([...known, ...ofOthers()]));
    written.set(resolve(folder), (written.get(resolve(folder)) ?? new Map()).set(app, [...files.keys()]));
    writeAll(folder, files, [...added, ...replaced]);
    removeAll(folder, removed);
    const others = ofOthers();
    writeList(folder, new Set([...wanted, ...others]));
    if (others.length > 0) tellOfOthers(folder, others);
  });
}

function tellOfDamage(folder: string): void {
  const line =
    `${join(folder, LIST_FILE)}: must be the list of Capstan's files, got another text. ` +
    'It is written anew; restore it from the last commit, or remove by hand what is no longer wanted.';
  writeSync(process.stderr.fd, `${line}\n`);
}

/** They stay on the list, so that the next run removes what is not wanted. */
function tellOfOthers(folder: string, others: readonly string[]): void {
  const line = `${folder}: another synth wrote ${others.join(', ')} at the same time. Run it again, alone.`;
  writeSync(process.stderr.fd, `${line}\n`);
}

/**
 * Texts of Capstan's files in a folder that are other ones, or not wanted, by path relative to the folder; empty for
 * files that it lacks.
 *
 * @param files the files that the folder is to have, without those of other apps
 * @param beside files of other apps
 */
export function changedTexts(
  folder: string,
  files: ReadonlyMap<string, string>,
  beside: readonly string[],
): Map<string, string> {
  const others = new Set(beside);
  const own = listedFiles(folder).filter((name) => !others.has(name));
  const { added, replaced } = changesOf(folder, files);
  const gone = own.filter((name) => !files.has(name) && existsSync(join(folder, name)));
  const texts = [...replaced, ...gone].map((name): [string, string] => [
    name,
    readFileSync(join(folder, name), 'utf8'),
  ]);
  return new Map([...texts, ...added.map((name): [string, string] => [name, ''])]);
}

interface Changes {
  /** Files that are not there yet. */
  readonly added: readonly string[];
  /** Files that are there with another text. */
  readonly replaced: readonly string[];
}

/** Asks each folder once for its files, and reads only those that are there. */
function changesOf(folder: string, files: ReadonlyMap<string, string>): Changes {
  const present = new Map<string, ReadonlySet<string>>();
  const added: string[] = [];
  const replaced: string[] = [];
  for (const [name, text] of files) {
    const parent = posix.dirname(name);
    const siblings = present.get(parent) ?? new Set(namesIn(join(folder, parent)));
    present.set(parent, siblings);
    if (!siblings.has(posix.basename(name))) added.push(name);
    else if (!textAt(join(folder, name)).equals(Buffer.from(text))) replaced.push(name);
  }
  return { added, replaced };
}

function textAt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error, 'EISDIR')) throw ManifestWriteError.noFile(path);
    throw error;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function refuseForeign(folder: string, replaced: readonly string[], own: ReadonlySet<string>): void {
  const foreign = replaced.filter((name) => !own.has(name));
  if (foreign.length > 0) throw ManifestWriteError.foreign(foreign.map((name) => join(folder, name)));
}

function writeList(folder: string, names: ReadonlySet<string>): void {
  const path = join(folder, LIST_FILE);
  const text = formatList(names);
  const isThere = existsSync(path);
  if (isThere ? readFileSync(path, 'utf8') === text : names.size === 0) return;
  replaceFile(path, text, partOf(folder));
}

function writeAll(folder: string, files: ReadonlyMap<string, string>, names: readonly string[]): void {
  for (const parent of new Set(names.map(posix.dirname)))
    mkdirSync(join(folder, parent), { recursive: true });
  for (const name of names) replaceFile(join(folder, name), files.get(name) ?? '', partOf(folder));
}

/** Removes files, and the folders that it empties. */
function removeAll(folder: string, names: readonly string[]): void {
  for (const name of names) {
    rmSync(join(folder, name), { force: true });
    for (let parent = posix.dirname(name); parent !== '.'; parent = posix.dirname(parent)) {
      if (!removeWhenEmpty(join(folder, parent))) break;
    }
  }
}

function removeWhenEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].some((code) => isSystemError(error, code))) return false;
    throw error;
  }
}

/** One a process, as it writes one file at a time. */
function partOf(folder: string): string {
  return join(folder, `${LIST_FILE}.${process.pid}.part`);
}

/** What killed processes had begun to write. */
function removeAbandonedParts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = PART.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}
