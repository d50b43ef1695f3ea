import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** First line of every manifest that Capstan writes; files without it are never touched. */
export const MARK = '# Written by Capstan: change the program and run `capstan synth`. DO NOT EDIT.';

/**
 * Makes a folder hold exactly these manifests: changed ones are replaced in one step (a reader sees the old or the
 * new file, never half of one), unchanged ones are left as they are, and manifests of an earlier run that are no
 * longer wanted are removed, as GitOps would go on deploying them. Files that do not begin with {@link MARK} stay.
 *
 * @param files text by path relative to the folder, without the mark
 * @param extension end of the names of manifests
 */
export function writeManifests(folder: string, files: ReadonlyMap<string, string>, extension: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeAtomically(join(folder, name), `${MARK}\n${text}`);
  for (const name of manifestsIn(folder, extension)) {
    if (!files.has(name) && isOurs(join(folder, name))) rmSync(join(folder, name));
  }
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

function manifestsIn(folder: string, extension: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(extension));
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function isOurs(path: string): boolean {
  return readFileSync(path, 'utf8').startsWith(MARK);
}
