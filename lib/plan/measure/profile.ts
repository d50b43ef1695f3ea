import type { TaskSpec } from '../spec';
import type { Bend } from './bend';
import type { TaskFit } from './fit-tasks';
import type { MeasuredRun } from './run';

/** What `capstan measure` writes: profile.json. Durations are seconds, sizes bytes. */
export interface MeasuredProfile {
  /** Version of this form. */
  readonly version: 1;
  /** Name of the app. */
  readonly app: string;
  /** Hash of what its image is made of, `sha256:…`, as in images.lock.json. */
  readonly inputs: string;
  /** Under what it was measured, a sentence. */
  readonly conditions: string;
  /** Where and when. */
  readonly machine: MeasuredMachine;
  /** What a plan takes: measured, but for `durationSeconds.max` and `scratchBytes`, which are the program's. */
  readonly task: TaskSpec;
  /** What that follows from, with intervals that hold the true value in 95 of 100 measurements. */
  readonly measured: MeasuredNumbers;
  /**
   * Where more tasks at the same time begin to slow each other down.
   * @default nowhere up to the most that were measured
   */
  readonly bend?: Bend;
  /** Every run, in order. */
  readonly runs: readonly MeasuredRun[];
}

/** Where and when something was measured. */
export interface MeasuredMachine {
  /** Name of the processor. */
  readonly processor: string;
  /** Cores of the machine. */
  readonly cores: number;
  /** Version of Go. */
  readonly go: string;
  /** Processes that wanted CPU in the minute before, on average. */
  readonly load: number;
  /** Day, such as 2026-05-04. */
  readonly date: string;
}

/** Numbers of a {@link MeasuredProfile} with their intervals. */
export type MeasuredNumbers = Omit<TaskFit, 'bend' | 'planBytes'>;
