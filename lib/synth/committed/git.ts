import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** A folder in a git work tree; neither has to be there any more. */
export interface GitPlace {
  /** The work tree. */
  readonly root: string;
  /** The folder in it, with `/`; empty for the work tree itself. */
  readonly path: string;
}

/** The work tree that a folder lies in; `undefined`: in none. Asks no git. */
export function gitPlaceOf(folder: string): GitPlace | undefined {
  const place = realPathOf(resolve(folder));
  for (let root = place; ; root = dirname(root)) {
    if (existsSync(join(root, '.git'))) return { root, path: relative(root, place).replaceAll(sep, '/') };
    if (dirname(root) === root) return undefined;
  }
}

function realPathOf(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realpathSync(path);
  return join(realPathOf(dirname(path)), basename(path));
}

/** What git says when it does not do what it is asked for. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

const MOST_BYTES = 2 ** 30;
const GIT_MILLISECONDS = 60_000;

/** Where a hook of git points its own children. */
const ELSEWHERE = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };

/**
 * Runs git in a work tree.
 *
 * @throws GitError with its first line when it fails, or is not installed
 */
export function git(root: string, args: readonly string[], input = ''): Buffer {
  const env = { ...process.env, ...ELSEWHERE, LC_ALL: 'C' };
  const options = { cwd: root, input, env, maxBuffer: MOST_BYTES, timeout: GIT_MILLISECONDS };
  const ended: SpawnSyncReturns<Buffer> = spawnSync('git', ['--no-optional-locks', ...args], options);
  if (ended.error !== undefined) throw new GitError(ended.error.message);
  if (ended.status !== 0) {
    const [said = ''] = ended.stderr.toString().trim().split('\n');
    throw new GitError(said === '' ? `git ended with ${ended.status ?? ended.signal}` : said);
  }
  return ended.stdout;
}
