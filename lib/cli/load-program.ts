import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from '../child-process';
import { CommandError, EXIT } from '../command-error';
import { MODEL_DOCUMENTS_VARIABLE, MODEL_VARIABLE, type ProgramModel } from '../model';
import { ServicePlan } from '../plan/service/service-plan';
import { WorkerPlan } from '../plan/worker-plan';
import { formatTreeProblem, SPEC_ERROR_EXIT_CODE } from '../spec-error';

/** A program has this long to build its constructs. */
const PROGRAM_SECONDS = 120;

/** The version of the model that this command reads. */
const MODEL_VERSION = 1;

/** What is asked of a program. */
export interface LoadOptions {
  /**
   * Whether it gives its documents as well.
   * @default false
   */
  readonly withDocuments?: boolean;
}

/**
 * Runs the user's program so that it describes itself instead of writing manifests: see docs/adr/0005.
 *
 * @param command the shell command that runs it, in `folder`
 * @returns what it says, the problems of its tree among it
 * @throws CommandError with the program's own words when it fails, and when it wrote no model
 */
export async function loadProgram(
  command: string,
  folder: string,
  { withDocuments = false }: LoadOptions = {},
): Promise<ProgramModel> {
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-'));
  const file = join(scratch, 'model.json');
  try {
    const invocation = { command, args: [], cwd: folder, shell: true, timeoutSeconds: PROGRAM_SECONDS };
    const env = { [MODEL_VARIABLE]: file, ...(withDocuments && { [MODEL_DOCUMENTS_VARIABLE]: '1' }) };
    const ended = await runToEnd({ ...invocation, env });
    if (ended.code !== 0) throw programError(command, ended);
    return readModel(file, command);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * {@link loadProgram}, for what needs a program without problems.
 *
 * @throws CommandError with every problem of its tree as well
 */
export async function loadSoundProgram(
  command: string,
  folder: string,
  options: LoadOptions = {},
): Promise<ProgramModel> {
  const model = await loadProgram(command, folder, options);
  if (model.problems.length > 0) throw new CommandError(model.problems.map(formatTreeProblem).join('\n'));
  return model;
}

/** What a program that failed said, or how it ended when it said nothing. */
export function programError(
  command: string,
  ended: { code: number; stdout: string; stderr: string },
): CommandError {
  const said = [ended.stderr.trim(), ended.stdout.trim()].find((text) => text !== '');
  return new CommandError(
    said ?? `\`${command}\` ended with exit code ${ended.code} and said nothing.`,
    ended.code === SPEC_ERROR_EXIT_CODE ? EXIT.usage : EXIT.failed,
  );
}

function readModel(file: string, command: string): ProgramModel {
  if (!existsSync(file)) {
    throw new CommandError(
      `\`${command}\` must make a CapstanApp and call its synth(), got no model from it.`,
    );
  }
  const model = JSON.parse(readFileSync(file, 'utf8')) as ProgramModel;
  if (model.version !== MODEL_VERSION) {
    throw new CommandError(
      `The program uses another version of capstan (model ${model.version}) than this command (model ${MODEL_VERSION}). ` +
        'Use `npx capstan` in the folder of the program.',
    );
  }
  const workers = model.workers.map((worker) => ({ ...worker, plan: new WorkerPlan(worker.plan) }));
  const services = model.services.map((service) => ({ ...service, plan: new ServicePlan(service.plan) }));
  const around = model.around.map((it) => ({ ...it, plan: new WorkerPlan(it.plan) }));
  return { ...model, workers, services, around };
}
