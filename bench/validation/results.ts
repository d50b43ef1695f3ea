import type { Machine } from '../page';
import type { Case, JobName } from './cases';
import type { Costs } from './costs';
import type { FoundCase } from './measure-case';
import type { Numbers } from './numbers';

/** One case in one round. */
export interface Measured extends Case, FoundCase {
  readonly round: number;
}

/** What is predicted of a case: medians over the rounds, each with what tasks cost then. */
export interface Predicted {
  readonly theory: Numbers;
  /** Each round is played with the tasks that it had. */
  readonly simulation: Numbers;
  /** 99th percentile of the wait in each round, as it is played. */
  readonly waits: readonly number[];
  /** Seconds until a signal is noticed. */
  readonly notice: number;
  /** By the simulation, with the CPU that tasks took in these very runs: what is left of a difference has another cause. */
  readonly ownCpu: Pick<Numbers, 'throughput' | 'waitP99'>;
  /** The 99th percentile of the wait under a load that never ends. */
  readonly longRun: { readonly formula: number; readonly simulation: number };
}

/** Everything that a validation found. */
export interface Results {
  readonly machine: Machine;
  readonly rounds: number;
  readonly costs: Readonly<Record<JobName, Costs>>;
  readonly measured: readonly Measured[];
  /** In the order of the cases. */
  readonly predicted: readonly Predicted[];
}

/** One number of one case, predicted and measured. */
export interface Comparison {
  readonly of: Case;
  readonly runs: readonly Measured[];
  readonly values: readonly number[];
  readonly predicted: Predicted;
  readonly verdict: 'yes' | 'spread' | 'no';
}
