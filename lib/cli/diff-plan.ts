import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error';
import { planChanges, type WorkloadChange } from '../diff/plan-change';
import { planMarkdown } from '../diff/plan-markdown';
import type { JsonObject } from '../json-value';
import { formatProblem, type Load, type WorkerProfile } from '../plan';
import { checkBounds } from '../plan/simulate/check-documents';
import { readProjectConfig } from './app-command';
import { changesOf, type Sides } from './diff-sides';
import { loadSoundProgram } from './load-program';
import { profileOf } from './simulate-load';

/** What a change does to the workloads of an environment. */
export interface PlanTableOf {
  readonly to: string;
  readonly from: string;
  readonly hasLoad: boolean;
  readonly workloads: readonly WorkloadChange[];
}

/**
 * What the change from one side to the other does to workloads.
 *
 * @throws CommandError with every number of pods that an API server would refuse: with it, the table would be of others
 */
export function planTable(
  sides: Sides,
  profiles: Readonly<Record<string, WorkerProfile>>,
  load: Load | undefined,
): PlanTableOf {
  const { before, after, from, to, environment } = sides;
  const wrong = [...refusedIn(before, from), ...refusedIn(after, to)];
  if (wrong.length > 0) throw new CommandError(wrong.join('\n'));
  const judging = { before, after, changes: changesOf(sides), profiles, ...(load !== undefined && { load }) };
  return {
    to: environment === undefined ? to : `${to}/${environment}`,
    from,
    hasLoad: load !== undefined,
    workloads: planChanges(judging),
  };
}

function refusedIn(documents: readonly JsonObject[], side: string): string[] {
  return checkBounds(documents).map((it) => formatProblem({ ...it, prop: `${side}: ${it.prop}` }));
}

/** The same as a Markdown table. */
export function planTableText({ to, from, hasLoad, workloads }: PlanTableOf): string {
  return planMarkdown(workloads, { title: to, from, hasLoad });
}

/**
 * How long tasks take, by name of the worker, as the program that runs in a folder says; nothing where there is none.
 *
 * @throws CommandError when it fails
 */
export async function profilesOf(
  folder: string,
  app: string | undefined,
  environment: string | undefined,
): Promise<Readonly<Record<string, WorkerProfile>>> {
  if (app === undefined && !existsSync(join(folder, 'cdk8s.yaml'))) return {};
  const { workers, around } = await loadSoundProgram(readProjectConfig(folder, app).app, folder);
  const there = [...workers, ...around].filter(
    (it) =>
      environment === undefined || it.environmentName === undefined || it.environmentName === environment,
  );
  return Object.fromEntries(there.map(({ name, spec }) => [name, profileOf(spec)]));
}
