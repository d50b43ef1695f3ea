import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError, messageOf } from '../command-error';
import type { AroundModel, ClusterModel, ProgramModel, WorkerModel } from '../model';
import {
  formatProblem,
  type Load,
  parseLoadCsv,
  parsePrometheusRange,
  type SimulateSettings,
  simulate,
  type WorkerSimulation,
} from '../plan';

/** What is to be simulated. */
export interface LoadSimulation {
  readonly load: Load;
  /** Name or path of the only worker. */
  readonly worker?: string;
  readonly environment?: string;
  readonly lateSeconds?: number;
}

/**
 * Reads a load from a file: an answer of Prometheus when it begins as JSON does, else CSV.
 *
 * @throws CommandError with one line when it cannot be read
 */
export function readLoad(folder: string, file: string): Load {
  const text = readText(folder, file);
  const load = /^\uFEFF?\s*[[{]/.test(text) ? parsePrometheusRange(text, file) : parseLoadCsv(text, file);
  const [problem] = load.problems;
  if (problem !== undefined) throw new CommandError(formatProblem(problem));
  return load;
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new CommandError(`Cannot read ${file}: ${messageOf(error)}`);
  }
}

/**
 * Simulates workers of a program with the documents that it gives.
 *
 * @throws CommandError when the worker is not known, when several environments are meant, and with every problem
 */
export function simulateProgram(model: ProgramModel, wanted: LoadSimulation): readonly WorkerSimulation[] {
  const { documents, environmentName } = siteOf(model, wanted.environment);
  const planned = [...model.workers, ...model.around].filter((it) => it.environmentName === environmentName);
  const { workers, problems } = simulate(documents, wanted.load, settings(planned, wanted));
  if (problems.length > 0) throw new CommandError(problems.map(formatProblem).join('\n'));
  return workers;
}

/** The documents of one environment, or those of a program that has none. */
function siteOf(
  { clusters = [], documents = [] }: ProgramModel,
  environment: string | undefined,
): Pick<ClusterModel, 'documents'> & Partial<ClusterModel> {
  if (clusters.length === 0 && environment === undefined) return { documents };
  const known = clusters.map(({ environmentName }) => environmentName);
  return oneOf(
    clusters.filter(({ environmentName }) => (environment ?? environmentName) === environmentName),
    environment,
    known,
  );
}

function oneOf<T>(found: readonly T[], wanted: string | undefined, known: readonly string[]): T {
  const [only, ...others] = found;
  if (only === undefined) {
    const names = known.length === 0 ? 'The program has none.' : `Known are: ${known.join(', ')}.`;
    throw new CommandError(`--environment must name an environment, got ${wanted ?? 'none'}. ${names}`);
  }
  if (others.length > 0) {
    throw new CommandError(
      `--environment must name one environment, got ${found.length}. Known are: ${known.join(', ')}.`,
    );
  }
  return only;
}

function settings(
  planned: readonly (WorkerModel | AroundModel)[],
  { worker, lateSeconds }: LoadSimulation,
): SimulateSettings {
  const named = planned.find(({ path, name }) => path === worker || name === worker)?.name ?? worker;
  return {
    ...(named !== undefined && { workers: [named] }),
    ...(lateSeconds !== undefined && { lateSeconds }),
    plans: Object.fromEntries(planned.map(({ name, plan }) => [name, plan])),
    profiles: Object.fromEntries(planned.map(({ name, spec }) => [name, profileOf(spec)])),
  };
}

/** How long the tasks of a worker take, as its spec says. */
export function profileOf({ task }: WorkerModel['spec']) {
  const { mean, max } = task.durationSeconds;
  return { meanSeconds: mean, maxSeconds: max, cpuSeconds: task.cpuSeconds };
}
