import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-error';
import type { JsonObject } from '../json-value';
import { CommittedFolder } from '../synth/committed/commit';
import { GitError, gitPlaceOf } from '../synth/committed/git';
import { documentsIn } from '../synth/documents-in';
import { filesBelow } from '../synth/files-below';

/** Texts of manifests by path relative to their folder, with `/`. */
export type ManifestTexts = ReadonlyMap<string, string>;

const YAML = /\.ya?ml$/;

/**
 * The YAML files of a folder.
 *
 * @throws CommandError when there is no such folder, or none in it
 */
export function textsIn(folder: string): ManifestTexts {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandError(
      `${folder} must be a folder of manifests, got none. Run \`capstan synth\`, or name another one.`,
    );
  }
  const files = filesBelow(folder).filter((file) => YAML.test(file));
  if (files.length === 0)
    throw new CommandError(`${folder} must hold YAML files, got none. Run \`capstan synth\`.`);
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/**
 * The YAML files that a commit has of a folder.
 *
 * @throws CommandError when git has no such commit, or no manifests of Capstan there
 */
export function textsAt(commit: string, folder: string): ManifestTexts {
  const place = gitPlaceOf(resolve(folder));
  if (place === undefined)
    throw new CommandError(`--git must be used in a git work tree, got ${folder}, which lies in none.`);
  try {
    const found = CommittedFolder.at(commit, place);
    if (found !== undefined) return found.manifests();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new CommandError(`--git must name a commit, got ${commit}: git says "${error.message}".`);
  }
  throw new CommandError(`--git must name a commit with manifests of Capstan in ${folder}, got ${commit}.`);
}

/** The folders of environments among manifests, sorted; none where files lie in no folder. */
export function environmentsOf(texts: ManifestTexts): string[] {
  const folders = [...texts.keys()].flatMap((path) =>
    path.includes('/') ? [path.slice(0, path.indexOf('/'))] : [],
  );
  return [...new Set(folders)].sort();
}

/**
 * The objects of manifests.
 *
 * @param environment only those in the folder of this name
 * @throws CommandError for what is no YAML
 */
export function documentsOf(texts: ManifestTexts, environment?: string): JsonObject[] {
  return [...texts]
    .filter(([path]) => environment === undefined || path.startsWith(`${environment}/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, text]) =>
      documentsIn(text, (why) => {
        throw new CommandError(`${path}: must be YAML, got ${why}`);
      }),
    );
}
