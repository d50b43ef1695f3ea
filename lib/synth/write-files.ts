import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isSystemError } from '../command-error';
import { ManifestWriteError } from './manifest-write-error';

/** First line of every manifest that Capstan writes; files without it are never touched. */
export const MARK = '# Written by Capstan: change the program and run `capstan synth`. DO NOT EDIT.';

/** What {@link writeAtomically} writes into before it renames; the number is that of the process. */
const PART = /\.(\d+)\.part$/;

/** Names that this process has written, by absolute folder: several apps of a program may share one. */
const writtenHere = new Map<string, Set<string>>();

/**
 * Makes a folder hold exactly these manifests, and those that this process wrote there before: changed ones are
 * replaced in one step (a reader sees the old or the new file, never half of one), unchanged ones are left as they
 * are, and manifests of an earlier run that are no longer wanted are removed, as GitOps would go on deploying them, as
 * is what a killed run left half-written. Files that do not begin with {@link MARK} stay.
 *
 * @param files text by path relative to the folder, without the mark
 * @throws ManifestWriteError when a file without the mark has the name of a manifest (then nothing is written), and
 * when the system refuses
 */
export function writeManifests(folder: string, files: ReadonlyMap<string, string>): void {
  ManifestWriteError.during(folder, () => {
    mkdirSync(folder, { recursive: true });
    refuseForeign(folder, [...files.keys()]);
    const kept = writtenHere.get(resolve(folder)) ?? new Set<string>();
    writtenHere.set(resolve(folder), kept);
    for (const [name, text] of files) {
      writeAtomically(join(folder, name), `${MARK}\n${text}`);
      kept.add(name);
    }
    for (const name of [...markedFiles(folder), ...abandonedParts(folder)]) {
      if (!kept.has(name)) rmSync(join(folder, name), { force: true });
    }
  });
}

/** Manifests that Capstan wrote, by path relative to the folder; none when there is no such folder. */
export function markedFiles(folder: string): string[] {
  return filesBelow(folder).filter((name) => !PART.test(name) && headOf(join(folder, name)) === MARK);
}

/** Writes a file in one step, and only when its text differs. Makes the folders on the way. */
export function writeAtomically(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function refuseForeign(folder: string, names: readonly string[]): void {
  const foreign = names.filter((name) => {
    const path = join(folder, name);
    return existsSync(path) && statSync(path).isFile() && headOf(path) !== MARK;
  });
  if (foreign.length > 0) throw ManifestWriteError.foreign(foreign.map((name) => join(folder, name)));
}

/** Files that a killed process had begun to write: they hold some of a manifest, or nothing yet. */
function abandonedParts(folder: string): string[] {
  return filesBelow(folder).filter((name) => {
    const owner = PART.exec(name)?.[1];
    return owner !== undefined && !isRunning(Number(owner)) && MARK.startsWith(headOf(join(folder, name)));
  });
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** As much of a file as the mark is long. */
function headOf(path: string): string {
  const head = Buffer.alloc(Buffer.byteLength(MARK));
  const file = openSync(path, 'r');
  try {
    return head.toString('utf8', 0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}
