import { Reader } from '../autoscaler/reader';
import { BYTES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { TaskSpec } from '../spec';
import type { MeasuredProfile } from './profile';

/** The part of a profile.json that a plan takes. */
export type UsedProfile = Pick<MeasuredProfile, 'app' | 'inputs' | 'task'>;

/** A profile.json that was read, or what is wrong with it. */
export interface ReadProfile {
  /**
   * What a plan takes of it.
   * @default something is wrong
   */
  readonly profile?: UsedProfile;
  /** Everything that is wrong, with the file's name before the field. */
  readonly problems: readonly Problem[];
}

const AGAIN = 'Measure again with `npx capstan measure`.';
const CORRECT = 'Correct it, or measure again with `npx capstan measure`.';
const HASH = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads what `capstan measure` wrote; a person may have corrected the part `task`. Other parts are not looked at.
 *
 * @param document what the file holds
 * @param file its name, for messages
 */
export function readProfile(document: unknown, file: string): ReadProfile {
  const found: Problem[] = [];
  const reader = new Reader(document, '', found);
  const profile = reader.isObject('Name a profile.json of `npx capstan measure`.')
    ? readFrom(reader)
    : undefined;
  const problems = found.map((it) => ({ ...it, prop: it.prop === 'it' ? file : `${file}: ${it.prop}` }));
  return profile !== undefined && problems.length === 0 ? { profile, problems } : { problems };
}

function readFrom(reader: Reader): UsedProfile {
  reader.field('version').parsed((it) => (it === 1 ? it : undefined), 'must be 1', AGAIN);
  const inputs = reader
    .field('inputs')
    .parsed(
      (it) => (typeof it === 'string' && HASH.test(it) ? it : undefined),
      'must be a hash such as sha256:6b1f…, of 64 digits',
      AGAIN,
    );
  return { app: reader.field('app').text(AGAIN), inputs: inputs ?? '', task: readTask(reader.field('task')) };
}

function readTask(task: Reader): TaskSpec {
  const seconds = { least: 0, most: SECONDS_MAX };
  const bytes = { least: 0, most: BYTES_MAX };
  const duration = task.field('durationSeconds');
  const memory = task.field('memoryBytes');
  const scratch = task.field('scratchBytes');
  return {
    cpuSeconds: task.field('cpuSeconds').number(seconds, CORRECT),
    durationSeconds: {
      mean: duration.field('mean').number(seconds, CORRECT),
      max: duration.field('max').number(seconds, CORRECT),
    },
    memoryBytes: {
      base: memory.field('base').number(bytes, CORRECT),
      perTask: memory.field('perTask').number(bytes, CORRECT),
    },
    ...(!scratch.isAbsent && {
      scratchBytes: {
        base: scratch.field('base').number(bytes, CORRECT),
        perTask: scratch.field('perTask').number(bytes, CORRECT),
      },
    }),
  };
}
