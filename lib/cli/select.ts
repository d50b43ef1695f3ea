import { CommandError } from '../command-error';
import type { AppModel, AppUse, ProgramModel, WorkloadModel } from '../model';

/**
 * The workers, or uses of apps, of one environment.
 *
 * @param wanted name of the environment; `undefined` means those of all
 * @throws CommandError with the known environments for an unknown name
 */
export function inEnvironment<T extends WorkloadModel>(
  uses: readonly T[],
  wanted: string | undefined,
): readonly T[] {
  if (wanted === undefined) return uses;
  const chosen = uses.filter(({ environmentName }) => environmentName === wanted);
  if (chosen.length > 0) return chosen;
  const names = [...new Set(uses.flatMap(({ environmentName }) => environmentName ?? []))].sort();
  const known = names.length === 0 ? 'No workload stands in one.' : `Known are: ${names.join(', ')}.`;
  throw new CommandError(`Unknown environment ${wanted}. ${known}`);
}

/**
 * The worker, service or other workload that a person means.
 *
 * @param wanted its name, or the path of its construct where several have that name
 * @throws CommandError with the known ones when there is none or more than one
 */
export function selectWorkload<T extends WorkloadModel>(uses: readonly T[], wanted: string): T {
  const named = uses.filter(({ name, path }) => name === wanted || path === wanted);
  const [first, ...others] = named;
  if (first === undefined) throw new CommandError(`Unknown name ${wanted}. ${known(uses)}`);
  if (others.length > 0) {
    const paths = named.map(({ path }) => path).join(', ');
    throw new CommandError(
      `${wanted} must be the name of one workload, got ${named.length}. Use --environment, or a path: ${paths}.`,
    );
  }
  return first;
}

/** Everything that runs a Go app. */
export function usesOf({
  workers,
  services,
  apps,
}: Pick<ProgramModel, 'workers' | 'services' | 'apps'>): AppUse[] {
  return [...workers, ...services, ...apps];
}

/**
 * The apps that a person means, each once, with what all of its uses need.
 *
 * @param uses all of the program: an app is one for all environments
 * @param wanted names of apps, names of workers and other workloads, or paths; none means all
 * @param environment only apps that run there
 * @throws CommandError with the known apps for an unknown name, and for two folders that share a name
 */
export function selectApps(
  uses: readonly AppUse[],
  wanted: readonly string[],
  environment?: string,
): AppModel[] {
  const apps = merge(uses.map(({ app }) => app));
  const there = inEnvironment(uses, environment);
  const chosen =
    wanted.length === 0
      ? there
      : wanted.flatMap((name) => {
          const ofApp = there.filter(({ app }) => app.name === name);
          return ofApp.length > 0 ? ofApp : [selectWorkload(there, name)];
        });
  return [...new Set(chosen.map(({ app }) => app.name))].flatMap((name) => apps.get(name) ?? []);
}

function merge(uses: readonly AppModel[]): Map<string, AppModel> {
  const apps = new Map<string, AppModel>();
  for (const app of uses) {
    const earlier = apps.get(app.name) ?? app;
    for (const [what, one, other] of [
      ['folder', earlier.directory, app.directory],
      ['kind', earlier.kind, app.kind],
      ['handler', earlier.handler, app.handler],
    ] as const) {
      if (one === other) continue;
      throw new CommandError(
        `${app.name} must be the name of one app, got the ${what}s ${one} and ${other}. ${what === 'folder' ? 'Rename one' : 'Give it the same everywhere'}.`,
      );
    }
    const brokers = [...new Set([...earlier.brokers, ...app.brokers])].sort();
    apps.set(app.name, { ...app, brokers });
  }
  return apps;
}

/** All repositories that the manifests name an app's image by: environments may have registries of their own. */
export function repositoriesOf(uses: readonly AppUse[], app: AppModel): string[] {
  const ofApp = uses.filter((use) => use.app.name === app.name);
  return [...new Set(ofApp.map((use) => use.app.repository))];
}

function known(uses: readonly WorkloadModel[]): string {
  const names = [...new Set(uses.map(({ name }) => name))].sort();
  return names.length === 0 ? 'The program has no workloads.' : `Known are: ${names.join(', ')}.`;
}
