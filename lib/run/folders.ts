import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { CommandError, isSystemError } from '../command-error';

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

/**
 * Makes the folders of a run and removes the report of an earlier one.
 *
 * @throws CommandError when the output cannot be written
 */
export function prepareFolders(output: string): RunFolders {
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
    rmSync(folders.report, { force: true });
  } catch (error) {
    const reason =
      isSystemError(error, 'EEXIST') || isSystemError(error, 'ENOTDIR') ? 'a file' : String(error);
    throw new CommandError(`--output must be a folder that can be written, got ${reason} at ${output}.`);
  }
  return folders;
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
  if (isWithin(output, real) || isWithin(real, output)) {
    throw new CommandError(
      `--input and --output must not lie in one another, got ${input} and ${output}. Results would become tasks.`,
    );
  }
  return real;
}

function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === '' || (!path.startsWith('..') && !isAbsolute(path));
}
