import { normalize } from 'node:path';
import { CommandError } from '../command-error';
import type { WorkerModel } from '../model';

/**
 * The one worker that a person means.
 *
 * @param wanted folder of its app, or its name or path
 * @throws CommandError with the known apps when there is none, with the paths when there are several
 */
export function workerOfApp(workers: readonly WorkerModel[], wanted: string): WorkerModel {
  const found = workersOfApp(workers, wanted);
  const [first, ...others] = found;
  if (first === undefined) {
    const known = [...new Set(workers.map(({ app }) => app.directory))].sort().join(', ');
    throw new CommandError(`Unknown app or worker ${wanted}. Known apps are: ${known || 'none'}.`);
  }
  if (others.length > 0) {
    const paths = found.map(({ path }) => path).join(', ');
    throw new CommandError(
      `${wanted} must mean one worker, got ${found.length}. Use --environment, or a path: ${paths}.`,
    );
  }
  return first;
}

/** All workers that are meant by a folder of an app, a name or a path. */
export function workersOfApp(workers: readonly WorkerModel[], wanted: string): WorkerModel[] {
  const folder = normalize(wanted).replace(/[/\\]$/, '');
  return workers.filter(
    ({ name, path, app }) => name === wanted || path === wanted || normalize(app.directory) === folder,
  );
}
