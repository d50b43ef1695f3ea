import { CommandError } from '../command-error';
import type { AppModel, WorkerModel } from '../model';

/**
 * The workers of one environment.
 *
 * @param wanted name of the environment; `undefined` means the workers of all
 * @throws CommandError with the known environments for an unknown name
 */
export function inEnvironment(
  workers: readonly WorkerModel[],
  wanted: string | undefined,
): readonly WorkerModel[] {
  if (wanted === undefined) return workers;
  const chosen = workers.filter(({ environmentName }) => environmentName === wanted);
  if (chosen.length > 0) return chosen;
  const names = [...new Set(workers.flatMap(({ environmentName }) => environmentName ?? []))].sort();
  const known = names.length === 0 ? 'No worker stands in one.' : `Known are: ${names.join(', ')}.`;
  throw new CommandError(`Unknown environment ${wanted}. ${known}`);
}

/**
 * The worker that a person means.
 *
 * @param wanted its name, or the path of its construct where several workers have that name
 * @throws CommandError with the known workers when there is none or more than one
 */
export function selectWorker(workers: readonly WorkerModel[], wanted: string): WorkerModel {
  const named = workers.filter(({ name, path }) => name === wanted || path === wanted);
  const [first, ...others] = named;
  if (first === undefined) throw new CommandError(`Unknown worker ${wanted}. ${knownWorkers(workers)}`);
  if (others.length > 0) {
    const paths = named.map(({ path }) => path).join(', ');
    throw new CommandError(
      `${wanted} must name one worker, got ${named.length}. Use --environment, or a path: ${paths}.`,
    );
  }
  return first;
}

/**
 * The apps that a person means, each once.
 *
 * @param wanted names of apps, names of workers, or paths; none means all
 * @throws CommandError with the known apps for an unknown name, and for two folders that share a name
 */
export function selectApps(workers: readonly WorkerModel[], wanted: readonly string[]): AppModel[] {
  const chosen =
    wanted.length === 0
      ? workers
      : wanted.flatMap((name) => {
          const ofApp = workers.filter(({ app }) => app.name === name);
          return ofApp.length > 0 ? ofApp : [selectWorker(workers, name)];
        });
  const apps = new Map<string, AppModel>();
  for (const { app } of chosen) {
    const earlier = apps.get(app.name);
    if (earlier !== undefined && earlier.directory !== app.directory) {
      throw new CommandError(
        `${app.name} must be the name of one app, got the folders ${earlier.directory} and ${app.directory}. Rename one.`,
      );
    }
    apps.set(app.name, app);
  }
  return [...apps.values()];
}

/** All repositories that the manifests name an app's image by: environments may have registries of their own. */
export function repositoriesOf(workers: readonly WorkerModel[], app: AppModel): string[] {
  const ofApp = workers.filter((worker) => worker.app.name === app.name);
  return [...new Set(ofApp.map((worker) => worker.app.repository))];
}

function knownWorkers(workers: readonly WorkerModel[]): string {
  const names = [...new Set(workers.map(({ name }) => name))].sort();
  return names.length === 0 ? 'The program has no workers.' : `Known are: ${names.join(', ')}.`;
}
