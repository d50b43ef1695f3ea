import { existsSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CommandError, isSystemError } from '../command-error';
import { lockOutput } from './output-lock';

/** Files of a run, all below its output folder. */
export interface RunFolders {
  /** What handlers write. */
  readonly output: string;
  /** Capstan's own part of it, a dot folder. */
  readonly own: string;
  /** In-flight markers and dead letters. */
  readonly state: string;
  readonly contract: string;
  readonly report: string;
  readonly log: string;
}

/** Folders of a run that nobody else uses until they are given back. */
export interface TakenFolders {
  readonly folders: RunFolders;
  giveBack(): void;
}

/**
 * Makes the folders of a run, takes them, and removes the report of an earlier one.
 *
 * @throws CommandError when the output cannot be written, or another run is at work there
 */
export function takeFolders(output: string): TakenFolders {
  const own = join(output, '.capstan');
  const folders = {
    output,
    own,
    state: join(own, 'state'),
    contract: join(own, 'worker.json'),
    report: join(own, 'report.json'),
    log: join(own, 'worker.log'),
  };
  try {
    mkdirSync(folders.state, { recursive: true });
  } catch (error) {
    const reason =
      isSystemError(error, 'EEXIST') || isSystemError(error, 'ENOTDIR') ? 'a file' : String(error);
    throw new CommandError(`--output must be a folder that can be written, got ${reason} at ${output}.`);
  }
  const giveBack = lockOutput(join(own, 'run.lock'));
  rmSync(folders.report, { force: true });
  return { folders, giveBack };
}

/**
 * The folder of a run's tasks, absolute.
 *
 * @throws CommandError when it is no folder, and when it and the output lie in one another
 */
export function inputFolder(folder: string, input: string, output: string): string {
  const path = resolve(folder, input);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) {
    throw new CommandError(
      `--input must be a folder, got ${found === undefined ? 'nothing' : 'a file'} at ${input}.`,
    );
  }
  const real = realpathSync(path);
  const realOutput = realPathOf(output);
  if (isWithin(realOutput, real) || isWithin(real, realOutput)) {
    throw new CommandError(
      `--input and --output must not lie in one another, got ${input} and ${output}. Results would become tasks.`,
    );
  }
  return real;
}

/** The path without symbolic links, also of a folder that is still to be made. */
function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realPathOf(dirname(path)), basename(path));
}

function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
