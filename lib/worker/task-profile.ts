import { readFileSync } from 'node:fs';
import { Duration, Size } from 'cdk8s';
import { messageOf } from '../command-error';
import { type ReadProfile, readProfile, type UsedProfile } from '../plan/measure/read-profile';
import type { Problem } from '../plan/problem';
import type { TaskSpec } from '../plan/spec';
import { requireOptions } from '../shape/require-shape';

/** What one task costs. */
export interface TaskProfile {
  /** CPU time that one task uses. */
  readonly cpuTime: Duration;
  /** Wall time of one task when the pod is not short of CPU; the runtime ends a task at `max`. */
  readonly duration: { readonly mean: Duration; readonly max: Duration };
  /** Resident memory of the idle process, and the peak that each running task adds. */
  readonly memory: { readonly base: Size; readonly perTask: Size };
  /**
   * Files in /tmp: what the process keeps and what each running task adds.
   * @default base 16 MiB, perTask 0
   */
  readonly scratch?: { readonly base: Size; readonly perTask: Size };
}

/** Options of `TaskProfile.fromFile`. */
export interface TaskProfileOptions {
  /**
   * Longest time of a task; the runtime ends it then. A promise that no measurement can make.
   * @default that of the file
   */
  readonly max?: Duration;
}

/** Where a profile comes from. */
export interface ProfileOrigin {
  /** Path of the file, as the program gave it. */
  readonly file: string;
  /** Hash of the sources that were measured; `undefined` when the file cannot be read. */
  readonly inputs: string | undefined;
  /** What is wrong with the file. */
  readonly problems: readonly Problem[];
}

/** A spread keeps it: `{ ...TaskProfile.fromFile('…'), scratch }`. */
const ORIGIN = Symbol.for('capstan.profile');

/** Stands in for a file that cannot be read: then nothing is planned from it. */
const STAND_IN: TaskSpec = {
  cpuSeconds: 0.1,
  durationSeconds: { mean: 0.1, max: 20 },
  memoryBytes: { base: 32 * 2 ** 20, perTask: 2 ** 20 },
};

/** What tasks cost, as it was measured. */
export const TaskProfile = {
  /**
   * The costs that `capstan measure` found and wrote.
   *
   * ```ts
   * new Worker(this, 'develop', {
   *   app: GoApp.fromDirectory('apps/develop', { handler: 'New' }),
   *   source: Source.memory(),
   *   task: TaskProfile.fromFile('apps/develop/profile.json'),
   *   scale: { min: 3, max: 40, drainWithin: Duration.minutes(1) },
   * });
   * ```
   *
   * Never throws for what is wrong with the file: it is listed with all else that is wrong with the worker.
   *
   * @param file relative to the folder that the program runs in
   */
  fromFile(file: string, options: TaskProfileOptions = {}): TaskProfile {
    requireOptions('TaskProfile.fromFile', options);
    const { profile, problems } = read(file);
    const task = profile?.task ?? STAND_IN;
    const origin: ProfileOrigin = { file, inputs: profile?.inputs, problems };
    const found: TaskProfile & { readonly [ORIGIN]: ProfileOrigin } = {
      ...quantities(task, options.max),
      [ORIGIN]: origin,
    };
    return found;
  },
};

/** Where a profile comes from; `undefined` for one that was written by hand. */
export function originOf(profile: TaskProfile): ProfileOrigin | undefined {
  return (profile as Partial<{ readonly [ORIGIN]: ProfileOrigin }>)[ORIGIN];
}

/**
 * What is wrong with a worker's numbers: the file that they come from, or else what the plan finds, as numbers that stand in
 * for a file that cannot be read say nothing.
 */
export function numberProblems(profile: TaskProfile, planned: readonly Problem[]): readonly Problem[] {
  const problems = originOf(profile)?.problems ?? [];
  return problems.length > 0 ? problems : planned;
}

function read(file: string): ReadProfile & { readonly profile?: UsedProfile } {
  try {
    return readProfile(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')), file);
  } catch (error) {
    const got = messageOf(error).replace(/\s+/g, ' ');
    const fix =
      'Give estimates in its place (cpuTime, duration, memory), write it with `npx capstan measure`, and name it then.';
    return { problems: [{ prop: 'task', wanted: `must be in ${file}`, got, fix }] };
  }
}

function quantities(task: TaskSpec, max: Duration | undefined): TaskProfile {
  const { cpuSeconds, durationSeconds, memoryBytes, scratchBytes } = task;
  return {
    cpuTime: duration(cpuSeconds),
    duration: { mean: duration(durationSeconds.mean), max: max ?? duration(durationSeconds.max) },
    memory: { base: size(memoryBytes.base), perTask: size(memoryBytes.perTask) },
    ...(scratchBytes !== undefined && {
      scratch: { base: size(scratchBytes.base), perTask: size(scratchBytes.perTask) },
    }),
  };
}

function duration(seconds: number): Duration {
  return Duration.millis(seconds * 1000);
}

function size(bytes: number): Size {
  return Size.kibibytes(bytes / 1024);
}
