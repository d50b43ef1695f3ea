/** A `replace` of a go.mod that takes a module from a folder. */
export interface LocalReplacement {
  /** Path of the module. */
  readonly module: string;
  /** The folder, relative to the go.mod or absolute. */
  readonly path: string;
}

/** A `require` of a go.mod. */
export interface Requirement {
  readonly module: string;
  readonly version: string;
}

const REPLACE = /^(\S+)(?: v\S+)? => ("[^"]+"|\S+)$/;
const REQUIRE = /^(\S+) (v\S+)$/;

/** The modules that a go.mod takes from folders, sorted by module path. */
export function localReplacements(text: string): LocalReplacement[] {
  const found = entries(text, 'replace').flatMap((entry) => {
    const [, module, target] = REPLACE.exec(entry) ?? [];
    if (module === undefined || target === undefined) return [];
    const path = target.replace(/^"|"$/g, '');
    return /^(\.{1,2}(\/|$)|\/|[A-Za-z]:)/.test(path) ? [{ module, path }] : [];
  });
  return found.sort((a, b) => (a.module < b.module ? -1 : 1));
}

/** The modules that a go.mod requires, in its order. */
export function requirements(text: string): Requirement[] {
  return entries(text, 'require').flatMap((entry) => {
    const [, module, version] = REQUIRE.exec(entry) ?? [];
    return module !== undefined && version !== undefined ? [{ module, version }] : [];
  });
}

/** The `go` line of a go.mod, such as `1.26.0`. */
export function goLine(text: string): string | undefined {
  return entries(text, 'go')[0];
}

// Entries of a directive, alone on a line or in a block, without comments, words one space apart.
function entries(text: string, directive: string): string[] {
  const found: string[] = [];
  let block: string | undefined;
  for (const raw of text.split('\n')) {
    const line = raw
      .replace(/\/\/.*$/, '')
      .trim()
      .replace(/\s+/g, ' ');
    const opened = /^(\S+) ?\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    else if (line === ')') block = undefined;
    else if (block === directive && line !== '') found.push(line);
    else if (block === undefined && line.startsWith(`${directive} `))
      found.push(line.slice(directive.length + 1));
  }
  return found;
}
