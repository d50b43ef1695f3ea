import { createHash } from 'node:crypto';
import { LIST_FILE, parseList } from '../file-list';
import { GitError, type GitPlace, git } from './git';

/** The manifests of a folder as a commit has them. */
export class CommittedFolder {
  private constructor(
    private readonly root: string,
    /** Object ids of its files, by path relative to the folder. */
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  /**
   * The folder in a commit; `undefined` when that has no list of Capstan's files there.
   *
   * @throws GitError when git cannot tell
   */
  static at(commit: string, { root, path }: GitPlace): CommittedFolder | undefined {
    const prefix = path === '' ? '' : `${path}/`;
    const ids = new Map<string, string>();
    for (const line of entriesOf(root, commit, prefix)) {
      const [mode, kind, id, name] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line)?.slice(1) ?? [];
      if (mode === '120000' || kind !== 'blob' || id === undefined || name === undefined) continue;
      ids.set(name.slice(prefix.length), id);
    }
    return ids.has(LIST_FILE) ? new CommittedFolder(root, ids) : undefined;
  }

  /**
   * Texts of Capstan's files of the commit that are now others or gone, by path relative to the folder; empty for
   * files that it lacks.
   *
   * @param files the files that the folder is to have, without those of other apps
   * @param beside files of other apps
   */
  changed(files: ReadonlyMap<string, string>, beside: readonly string[]): Map<string, string> {
    const [list = ''] = this.read([LIST_FILE]).values();
    const others = new Set(beside);
    const changed = parseList(list).filter((name) => {
      const [id, text] = [this.ids.get(name), files.get(name)];
      if (id === undefined) return false;
      return text === undefined ? !others.has(name) : idOf(text, id) !== id;
    });
    const added = [...files.keys()].filter((name) => !this.ids.has(name));
    return new Map([...this.read(changed), ...added.map((name): [string, string] => [name, ''])]);
  }

  /** Texts of all YAML files of the commit, by path relative to the folder. */
  manifests(): Map<string, string> {
    return this.read([...this.ids.keys()].filter((name) => /\.ya?ml$/.test(name)));
  }

  private read(names: readonly string[]): Map<string, string> {
    if (names.length === 0) return new Map();
    const asked = names.map((name) => `${this.ids.get(name)}\n`).join('');
    const answer = git(this.root, ['cat-file', '--batch'], asked);
    let at = 0;
    return new Map(
      names.map((name) => {
        const start = answer.indexOf('\n', at) + 1;
        const size = Number(answer.toString('latin1', at, start).split(' ')[2]);
        at = start + size + 1;
        return [name, answer.toString('utf8', start, start + size)];
      }),
    );
  }
}

function entriesOf(root: string, commit: string, prefix: string): string[] {
  const below = prefix === '' ? [] : ['--', prefix];
  try {
    const id = commit === 'HEAD' ? commit : idOfCommit(root, commit);
    return git(root, ['ls-tree', '-r', '-z', '--full-tree', id, ...below])
      .toString()
      .split('\0');
  } catch (error) {
    // A work tree without a commit yet.
    if (commit === 'HEAD' && error instanceof GitError && /not a valid object name/i.test(error.message))
      return [];
    throw error;
  }
}

/** A tree such as `HEAD:dist` has its files under other names, and what begins with a dash is no option. */
function idOfCommit(root: string, commit: string): string {
  try {
    return git(root, ['rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`])
      .toString()
      .trim();
  } catch (error) {
    if (!(error instanceof GitError) || !/single revision/i.test(error.message)) throw error;
    throw new GitError(`fatal: Not a valid object name ${commit}`);
  }
}

/** What git would call a text, with the hash that it uses for `other`. */
function idOf(text: string, other: string): string {
  const content = Buffer.from(text);
  const hash = createHash(other.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
