import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join, posix } from 'node:path';
import { filesBelow } from './files-below';

/** The list of the files that Capstan wrote into a folder. No ending by which kubectl or Argo CD would read it. */
export const LIST_FILE = '.capstan';

const HEAD = '# Files that Capstan wrote: change the program and run `npx capstan synth`. DO NOT EDIT.';

/** First line of the manifests that Capstan wrote before it kept a list. */
const MARK = '# Written by Capstan: change the program and run `capstan synth`. DO NOT EDIT.';

/**
 * The files that Capstan wrote into a folder, by path relative to it with `/`: those on its list, or, where there is
 * no list yet, those with the mark that it wrote before.
 */
export function listedFiles(folder: string): string[] {
  const list = join(folder, LIST_FILE);
  return existsSync(list) ? parseList(readFileSync(list, 'utf8')) : markedFiles(folder);
}

/** Whether a folder has a list that something other than a merge has changed: it may have lost names. */
export function isListDamaged(folder: string): boolean {
  const list = join(folder, LIST_FILE);
  return existsSync(list) && !readFileSync(list, 'utf8').includes(HEAD);
}

/** The list as a text: one path a line, sorted, so that git merges it. */
export function formatList(files: Iterable<string>): string {
  return [HEAD, ...[...new Set(files)].sort(), ''].join('\n');
}

/** The files of a list. Lines of a merge that went wrong do no harm: they name no file. */
export function parseList(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => !line.startsWith('#') && isBelow(line));
}

/** Whether a path leads to something in the folder that it is relative to, and not to the list. */
function isBelow(path: string): boolean {
  const isPlain = path !== '' && posix.normalize(path) === path && !posix.isAbsolute(path);
  return isPlain && !/^\.\.?(\/|$)/.test(path) && path !== LIST_FILE;
}

function markedFiles(folder: string): string[] {
  return filesBelow(folder).filter((name) => headOf(join(folder, name)) === MARK);
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
