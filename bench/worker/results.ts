import { type Machine, median } from '../page';

/** A kind of server. */
export type Broker = 'NATS JetStream' | 'Redis' | 'Kafka' | 'PostgreSQL';

/** The values of one contender in one suite, a value a round, by the name of the measure. */
export interface Contender {
  readonly name: string;
  readonly broker: Broker;
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** What went wrong in rounds that have no value. */
  readonly failed?: readonly string[];
}

/** One workload. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
}

/** What the program in Go prints. */
export interface WorkerRun {
  readonly go: string;
  readonly procs: number;
  readonly slots: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: readonly { readonly load: number; readonly seconds: number }[];
  readonly suites: readonly Suite[];
}

/** What a run of the benchmark gives. */
export interface Results {
  readonly machine: Machine;
  readonly run: WorkerRun;
}

/** What is measured of one contender; undefined where there is no such suite or contender. */
export function contenderOf(run: WorkerRun, suite: string, name: string): Contender | undefined {
  return run.suites.find((it) => it.name === suite)?.contenders.find((it) => it.name === name);
}

/** The median of a measure over the rounds. */
export function figure(contender: Contender | undefined, measure: string): number | undefined {
  const values = contender?.values[measure];
  return values === undefined || values.length === 0 ? undefined : median(values);
}

/** The median of how many times as much one contender has as another, round by round where both have all rounds. */
export function ratio(
  of: Contender | undefined,
  base: Contender | undefined,
  measure: string,
): number | undefined {
  const [upper, lower] = [of?.values[measure], base?.values[measure]];
  if (upper === undefined || lower === undefined || upper.length === 0 || lower.length === 0)
    return undefined;
  if (upper.length !== lower.length) return median(upper) / median(lower);
  return median(upper.map((value, round) => value / (lower[round] ?? Number.NaN)));
}
