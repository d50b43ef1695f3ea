import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { embedPrefixes, isEmbedded } from './go-embed';

/** One file of a Go module: its path within the module, with slashes, and what it holds. */
export interface ModuleFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Go forbids embedding these; everything else below a module might be part of its build. */
const VERSION_CONTROL = new Set(['.git', '.hg', '.svn', '.bzr']);

/** Files that the Go compiler does not read, so they count only when embedded. */
const APART = /(^|\/)(\.|testdata\/)|_test\.go$|\.md$|(^|\/)profile\.json$/;

/**
 * The files that a build of a Go module depends on, sorted by path: all files below its folder but tests, test data,
 * dot files, Markdown and `profile.json`, unless a `//go:embed` may name them. Nested modules are left out, as Go
 * does.
 */
export function moduleFiles(folder: string): ModuleFile[] {
  const paths = walk(folder, '');
  const read = (path: string): ModuleFile => ({ path, content: readFileSync(join(folder, path)) });
  const built = paths.filter((path) => !APART.test(path)).map(read);
  const embedded = built
    .filter(({ path }) => path.endsWith('.go'))
    .flatMap(({ path, content }) => embedPrefixes(content.toString(), directory(path)));
  const apart = paths.filter((path) => APART.test(path) && isEmbedded(path, embedded)).map(read);
  return [...built, ...apart].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function directory(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

function walk(root: string, within: string): string[] {
  return readdirSync(join(root, within), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(within, entry.name);
    if (entry.isDirectory()) {
      const isApart = VERSION_CONTROL.has(entry.name) || existsSync(join(root, path, 'go.mod'));
      return isApart ? [] : walk(root, path);
    }
    // Go follows links to files, and leaves links to folders aside.
    return entry.isFile() || statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ? [path] : [];
  });
}
