import { posix } from 'node:path';

/** A `//go:embed` pattern up to its first wildcard, as a path within the module. */
export type EmbedPrefix = string;

const DIRECTIVE = /^\/\/go:embed[ \t]+(.+)$/gm;
const PATTERN = /"[^"]*"|`[^`]*`|\S+/g;

/**
 * What a Go file embeds.
 *
 * @param folder the file's folder within the module, with slashes; `''` for the module's root
 */
export function embedPrefixes(source: string, folder: string): EmbedPrefix[] {
  const directives = [...source.matchAll(DIRECTIVE)].flatMap(
    ([, patterns]) => patterns?.match(PATTERN) ?? [],
  );
  return directives.map((pattern) => {
    const bare = pattern.replace(/^["`]|["`]$/g, '').replace(/^all:/, '');
    return posix.join(folder, bare.split(/[*?[\\]/, 1)[0] ?? '');
  });
}

/** Whether a file may be embedded. Says yes rather too often than too seldom. */
export function isEmbedded(path: string, prefixes: readonly EmbedPrefix[]): boolean {
  return prefixes.some((prefix) => prefix === '.' || prefix === './' || path.startsWith(prefix));
}
