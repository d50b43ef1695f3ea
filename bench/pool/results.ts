import { type Machine, median } from '../page';

/** The values of one contender in one suite, a value a round, by the name of the measure. */
export interface Contender {
  readonly name: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** One workload. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
}

/** What the program in Go prints. */
export interface PoolRun {
  readonly go: string;
  readonly procs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: readonly { readonly load: number; readonly others: number; readonly seconds: number }[];
  readonly suites: readonly Suite[];
}

/** What a run of the benchmark gives. */
export interface Results {
  readonly machine: Machine;
  readonly run: PoolRun;
}

/** The median of a measure over the rounds; undefined where the suite or the contender has none. */
export function figure(run: PoolRun, suite: string, contender: string, measure: string): number | undefined {
  const values = valuesOf(run, suite, contender, measure);
  return values === undefined ? undefined : median(values);
}

/** The median of how many times as much one contender takes as another, round by round. */
export function ratio(
  run: PoolRun,
  suite: string,
  of: string,
  base: string,
  measure: string,
): number | undefined {
  const [upper, lower] = [of, base].map((name) => valuesOf(run, suite, name, measure));
  if (upper === undefined || lower === undefined) return undefined;
  return median(upper.map((value, round) => value / (lower[round] ?? Number.NaN)));
}

function valuesOf(
  run: PoolRun,
  suite: string,
  contender: string,
  measure: string,
): readonly number[] | undefined {
  const found = run.suites.find((it) => it.name === suite)?.contenders.find((it) => it.name === contender);
  return found?.values[measure];
}
