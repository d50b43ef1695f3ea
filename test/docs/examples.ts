import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';

/** A piece of TypeScript that documentation shows. */
export interface Example {
  /** File that it stands in, relative to the repository. */
  readonly file: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Every fenced block of TypeScript in the comments of a source file, or in a Markdown file. */
export function examplesIn(file: string): Example[] {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  const inner = file.endsWith('.md') ? text : text.replace(/^ *\* ?/gm, '').replaceAll('*\\/', '*/');
  return [...inner.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    file,
    line: inner.slice(0, match.index).split('\n').length,
    text: match[1] ?? '',
  }));
}

/** Files below a folder with such an end, relative to the repository. */
export function filesBelow(folder: string, end: RegExp): string[] {
  const names = readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => end.test(name)).map((name) => join(folder, name));
}
