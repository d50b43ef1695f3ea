import { type Figure, formatFigure } from './figure';
import type { DownstreamUse } from './figures';

/** A plan as far as it is explained. */
export interface Explained<Name extends string> {
  /** Names of its figures, in the order of the table. */
  readonly names: readonly Name[];
  readonly figures: Readonly<Partial<Record<Name, Figure>>>;
  /** Why a figure that may be absent is; one that is absent without a reason is not about this workload. */
  readonly leftOut: Readonly<Partial<Record<Name, string>>>;
  readonly downstream: readonly DownstreamUse[];
}

/** One line of the table: name, value, reason. */
type Row = readonly [name: string, value: string, reason: string];

/** One figure as a line: `memoryLimit  1094 MiB  (24 MiB + 16 slots × 60 MiB) ÷ 0.9, rounded up to 1,094 MiB`. */
export function explainFigure<Name extends string>(plan: Explained<Name>, name: Name): string {
  return table([figureRow(plan, name)]);
}

/** Every figure of a plan, in a table that is aligned for a fixed-width font. */
export function explainPlan<Name extends string>(plan: Explained<Name>): string {
  const known = plan.names.filter((name) => (plan.figures[name] ?? plan.leftOut[name]) !== undefined);
  const figures = known.map((name) => figureRow(plan, name));
  const downstream = plan.downstream.map(
    ({ name, peak }): Row => [`downstream ${name}`, formatFigure(peak), peak.reason],
  );
  return table([...figures, ...downstream]);
}

function figureRow<Name extends string>(plan: Explained<Name>, name: Name): Row {
  const figure = plan.figures[name];
  return figure === undefined
    ? [name, 'left out', plan.leftOut[name] ?? '']
    : [name, formatFigure(figure), figure.reason];
}

function table(rows: readonly Row[]): string {
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [name, value] = [width(0), width(1)];
  return rows.map((row) => `${row[0].padEnd(name)}  ${row[1].padStart(value)}  ${row[2]}`).join('\n');
}

/** Why the CPU limit or GOMAXPROCS of a plan is left out. */
export const LEFT_OUT_OF_POD = {
  cpuLimit: "resources.cpu.limit is 'none': GOMAXPROCS bounds what Go uses",
  gomaxprocs: 'from 2 cores on Go reads the limit itself (Go 1.25 and newer)',
} as const;
