import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SpecError } from '../../spec-error';
import { LIST_FILE } from '../file-list';
import { isRunByCdk8sCli } from './cdk8s-cli';
import { CommittedFolder } from './commit';
import { GitError, gitPlaceOf } from './git';

/** With this variable set, manifests are compared with those of this commit instead of the last one. */
export const BASE_VARIABLE = 'CAPSTAN_BASE';

/** What a program is about to write. */
export interface Manifests {
  /** The folder that they are compared with. */
  readonly folder: string;
  /** Text by path relative to the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that other apps of the program have there. */
  readonly beside: readonly string[];
}

/** What manifests are compared with. */
export interface Baseline {
  /** Whether there was anything. */
  readonly isThere: boolean;
  /** Texts of its files that are to change or go, by path relative to the folder; empty for those that are to come. */
  readonly changed: ReadonlyMap<string, string>;
  /**
   * What a person should know about it.
   * @default nothing
   */
  readonly notice?: string;
}

/**
 * What to compare manifests with, see docs/adr/0017: the last commit where it has manifests of the folder, otherwise
 * what lies in the folder.
 *
 * @param inFolder gives the texts of files in the folder that are to change or go
 * @throws SpecError when the variable {@link BASE_VARIABLE} names no commit
 */
export function baselineOf(manifests: Manifests, inFolder: () => ReadonlyMap<string, string>): Baseline {
  const base = process.env[BASE_VARIABLE] ?? '';
  return base === '' ? lastCommit(manifests, inFolder) : namedCommit(manifests, base);
}

function lastCommit(manifests: Manifests, inFolder: () => ReadonlyMap<string, string>): Baseline {
  const { folder } = manifests;
  const found = committed(folder, 'HEAD');
  if ('commit' in found) return changesSince(found.commit, manifests);
  const isThere = existsSync(join(folder, LIST_FILE));
  const changed = inFolder();
  if (isThere && found.isTrouble)
    return { isThere, changed, notice: `${folder}: compared with the files there only, since ${found.why}.` };
  if (isThere || !isRunByCdk8sCli(folder)) return { isThere, changed };
  const notice =
    `${folder}: compared with nothing, since cdk8s-cli empties it first and ${found.why}. ` +
    'Commit it, or run `npx capstan synth`.';
  return { isThere, changed, notice };
}

function namedCommit(manifests: Manifests, base: string): Baseline {
  const { folder } = manifests;
  const found = committed(folder, base);
  if ('commit' in found) return changesSince(found.commit, manifests);
  if (!found.isTrouble)
    return {
      isThere: false,
      changed: new Map(),
      notice: `${folder}: compared with nothing, since ${found.why}.`,
    };
  const message = `${BASE_VARIABLE} must name a commit of the git work tree of ${folder}, got ${base}: ${found.why}. Fetch it, or leave it out.`;
  throw new SpecError([{ path: '', message }]);
}

function changesSince(commit: CommittedFolder, { files, beside }: Manifests): Baseline {
  return { isThere: true, changed: commit.changed(files, beside) };
}

/** Why there is no commit to compare with; whether git is there and does not answer. */
interface Missing {
  readonly why: string;
  readonly isTrouble: boolean;
}

function committed(folder: string, commit: string): { readonly commit: CommittedFolder } | Missing {
  const place = gitPlaceOf(folder);
  if (place === undefined) return { why: 'it lies in no git work tree', isTrouble: commit !== 'HEAD' };
  try {
    const found = CommittedFolder.at(commit, place);
    if (found !== undefined) return { commit: found };
    return { why: `${commit} has no ${LIST_FILE} there`, isTrouble: false };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { why: `git says "${error.message}"`, isTrouble: true };
  }
}
