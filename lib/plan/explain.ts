import { formatFigure } from './figure';
import { FIGURE_NAMES, type FigureName } from './figures';
import type { WorkerPlanData } from './worker-plan';

/** Why a figure that may be absent is. */
const LEFT_OUT: Partial<Record<FigureName, string>> = {
  cpuLimit: "resources.cpu.limit is 'none': GOMAXPROCS bounds what Go uses",
  gomaxprocs: 'from 2 cores on Go reads the limit itself (Go 1.25 and newer)',
  queueCapacity: 'tasks wait outside the pod, and outlive it',
};

/** One line of the table: name, value, reason. */
type Row = readonly [name: string, value: string, reason: string];

/** One figure as a line: `memoryLimit  1094 MiB  (24 MiB + 16 slots × 60 MiB) ÷ 0.9, rounded up to 1,094 MiB`. */
export function explainFigure(plan: WorkerPlanData, name: FigureName): string {
  return table([figureRow(plan, name)]);
}

/** Every figure of a plan, in a table that is aligned for a fixed-width font. */
export function explainPlan(plan: WorkerPlanData): string {
  const figures = FIGURE_NAMES.map((name) => figureRow(plan, name));
  const downstream = plan.downstream.map(
    ({ name, peak }): Row => [`downstream ${name}`, formatFigure(peak), peak.reason],
  );
  return table([...figures, ...downstream]);
}

function figureRow(plan: WorkerPlanData, name: FigureName): Row {
  const figure = plan.figures[name];
  return figure === undefined
    ? [name, 'left out', LEFT_OUT[name] ?? '']
    : [name, formatFigure(figure), figure.reason];
}

function table(rows: readonly Row[]): string {
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [name, value] = [width(0), width(1)];
  return rows.map((row) => `${row[0].padEnd(name)}  ${row[1].padStart(value)}  ${row[2]}`).join('\n');
}
