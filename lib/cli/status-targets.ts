import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error';
import type { ProgramModel } from '../model';
import { textAt } from '../plan/fields';
import type { StatusPlan } from '../status/beside-plan';
import { readProjectConfig } from './app-command';
import { loadSoundProgram } from './load-program';
import { inEnvironment, selectWorkload } from './select';

/** A workload to look at, as its program describes it. */
export interface PlannedTarget {
  readonly name: string;
  readonly namespace: string;
  readonly plan: StatusPlan;
}

/** What is to be looked at. */
export interface WantedTargets {
  /** Folder of the program. */
  readonly folder: string;
  readonly app: string | undefined;
  /** Name or path of the only workload. */
  readonly name: string | undefined;
  readonly environment: string | undefined;
  /** Namespace of a workload that names none. */
  readonly namespace: string;
}

/** Kinds of workloads whose pods a status is about. */
const KINDS = ['Deployment', 'StatefulSet'];

/**
 * The workloads of the program that runs in a folder, with their plans; none where there is no program.
 *
 * @throws CommandError when the program fails, and when it is not clear which environment is meant
 */
export async function plannedTargets(wanted: WantedTargets): Promise<readonly PlannedTarget[]> {
  const { folder, app, namespace } = wanted;
  if (app === undefined && !existsSync(join(folder, 'cdk8s.yaml'))) return [];
  const project = readProjectConfig(folder, app);
  const model = await loadSoundProgram(project.app, folder, { withDocuments: true });
  const all = [...model.workers, ...model.services, ...model.around];
  const there = inEnvironment(all, wanted.environment ?? project.environment);
  const known = there.some(({ name, path }) => name === wanted.name || path === wanted.name);
  const chosen = wanted.name === undefined ? there : known ? [selectWorkload(there, wanted.name)] : [];
  requireOneEnvironment(chosen);
  return chosen.flatMap(({ name, environmentName, plan }) =>
    namespacesOf(model, environmentName, name).map((own) => ({ name, plan, namespace: own ?? namespace })),
  );
}

function requireOneEnvironment(chosen: readonly { readonly environmentName?: string }[]): void {
  const names = [...new Set(chosen.flatMap(({ environmentName }) => environmentName ?? []))];
  if (names.length <= 1) return;
  throw new CommandError(
    `Say which environment the cluster is of, such as \`capstan status -e ${names[0]}\`. Known are: ${names.join(', ')}.`,
  );
}

/** Namespaces in which the documents of an environment have a workload of this name. */
function namespacesOf(
  model: ProgramModel,
  environment: string | undefined,
  name: string,
): (string | undefined)[] {
  const documents =
    environment === undefined
      ? model.documents
      : model.clusters?.find(({ environmentName }) => environmentName === environment)?.documents;
  return (documents ?? [])
    .filter((it) => KINDS.includes(String(it.kind)) && textAt(it, 'metadata', 'name') === name)
    .map((it) => textAt(it, 'metadata', 'namespace'));
}
