import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { hashImageInputs } from '../codegen/image-inputs';
import { CommandError, messageOf } from '../command-error';
import type { AppModel, WorkerModel } from '../model';
import type { TaskFit } from '../plan/measure/fit-tasks';
import type { MeasuredNumbers, MeasuredProfile } from '../plan/measure/profile';
import { readProfile } from '../plan/measure/read-profile';
import { formatProblem } from '../plan/problem';
import type { TaskSpec } from '../plan/spec';
import { writeAtomically } from '../synth/write-atomically';
import type { Measurement } from './measure-worker';

/** Digits of a measured number that say something. */
const DIGITS = 6;
const PLAN_DIGITS = 3;
const KIBIBYTE = 1024;

/** The profile of a worker's app, from what was measured of it. */
export function profileOf(worker: WorkerModel, inputs: string, measurement: Measurement): MeasuredProfile {
  const { fit, runs, conditions, goVersion, load } = measurement;
  const { bend, planBytes: _, ...numbers } = fit;
  const [processor] = cpus();
  return {
    version: 1,
    app: worker.app.name,
    inputs,
    conditions,
    machine: {
      processor: processor?.model ?? 'unknown processor',
      cores: cpus().length,
      go: goVersion,
      load: Number(load.toFixed(1)),
      date: new Date().toISOString().slice(0, 10),
    },
    task: taskOf(worker.spec.task, fit),
    measured: numbers satisfies MeasuredNumbers,
    ...(bend !== undefined && { bend }),
    runs,
  };
}

/** What a plan takes: measured, but for what only a promise can say. */
function taskOf({ durationSeconds, scratchBytes }: TaskSpec, fit: TaskFit): TaskSpec {
  const { max } = durationSeconds;
  return {
    cpuSeconds: Number(fit.cpuSeconds.value.toPrecision(PLAN_DIGITS)),
    durationSeconds: { mean: Number(fit.durationSeconds.value.toPrecision(PLAN_DIGITS)), max },
    memoryBytes: { base: wholeKibibytes(fit.planBytes.base), perTask: wholeKibibytes(fit.planBytes.perTask) },
    ...(scratchBytes !== undefined && { scratchBytes }),
  };
}

function wholeKibibytes(bytes: number): number {
  return Math.ceil(bytes / KIBIBYTE) * KIBIBYTE;
}

/** Writes a profile whole or not at all. */
export function writeProfile(file: string, profile: MeasuredProfile): void {
  const short = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  writeAtomically(file, `${JSON.stringify(profile, short, 2)}\n`);
}

/**
 * Says so when a profile was measured with other sources than those that its app has now; milliseconds.
 *
 * @param inputs hash of the sources that it was measured with
 * @returns `undefined` when it fits
 */
export function staleProfile(
  { name, directory }: Pick<AppModel, 'name' | 'directory'>,
  folder: string,
  { file, inputs }: { readonly file: string; readonly inputs: string },
): string | undefined {
  const path = resolve(folder, directory);
  if (existsSync(join(path, 'go.mod')) && hashImageInputs({ name, directory: path }) === inputs)
    return undefined;
  return `${name}: ${file} was measured with other sources. Run \`npx capstan measure ${directory}\`.`;
}

/**
 * Hash of the sources that a profile was measured with; `undefined` when there is no file.
 *
 * @throws CommandError when the file is none
 */
export function measuredInputs(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { profile, problems } = readProfile(parse(file), file);
  if (profile === undefined) throw new CommandError(problems.map(formatProblem).join('\n'));
  return profile.inputs;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CommandError(`${file} is not JSON: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}
