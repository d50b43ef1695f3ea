import { formatNumber } from '../plan/format';

/** Eighths of a cell, from empty to full. */
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

const AXIS_WIDTH = 10;
const LEAST_COLUMNS = 10;
const RESET = '\u001b[0m';

/** A number over time. */
export interface Series {
  /** What it is, with its unit: `replicas, pods`. */
  readonly title: string;
  /** Its values, evenly spaced in time; what is not finite is drawn as the highest. */
  readonly values: readonly number[];
  /** Number of the ANSI colour of the bars, such as 36. */
  readonly color: number;
}

/** How a plot is drawn. */
export interface PlotStyle {
  /** Characters of a line. */
  readonly width: number;
  /** Lines of the bars. */
  readonly height: number;
  /** Whether the terminal shows colours. */
  readonly colors: boolean;
}

/**
 * A series as bars of block characters, the highest value of each stretch of time, on an axis from 0; no line break at
 * the end.
 */
export function plot({ title, values, color }: Series, { width, height, colors }: PlotStyle): string {
  const columns = highestOf(values, Math.max(LEAST_COLUMNS, width - AXIS_WIDTH));
  const finite = columns.filter(Number.isFinite);
  const top = finite.reduce((most, value) => Math.max(most, value), 0);
  const scale = top === 0 ? 1 : top;
  const rows = Array.from({ length: height }, (_, row) => {
    const below = height - 1 - row;
    const bars = columns.map((value) =>
      cell(((Number.isFinite(value) ? value : scale) / scale) * height - below),
    );
    const line = bars.join('');
    return `${label(row, height, top)}${colors ? `\u001b[${color}m${line}${RESET}` : line.trimEnd()}`;
  });
  return [title, ...rows].join('\n');
}

/** A line below plots with times at both ends and in the middle. */
export function timeAxis(seconds: number, { width }: Pick<PlotStyle, 'width'>): string {
  const columns = Math.max(LEAST_COLUMNS, width - AXIS_WIDTH);
  const [from, middle, to] = [0, seconds / 2, seconds].map(clock);
  const half = Math.floor(columns / 2);
  const left = `${from}`.padEnd(half - Math.floor((middle?.length ?? 0) / 2));
  return `${' '.repeat(AXIS_WIDTH)}${`${left}${middle}`.padEnd(columns - (to?.length ?? 0))}${to}`;
}

/** Seconds as hours and minutes, with seconds where there are any: `14:05`, `0:00:30`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${hours}:${two(minutes)}${rest === 0 ? '' : `:${two(rest)}`}`;
}

function highestOf(values: readonly number[], columns: number): number[] {
  const count = Math.min(columns, values.length);
  return Array.from({ length: count }, (_, column) => {
    const from = Math.floor((column * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / count));
    return values.slice(from, to).reduce((most, value) => Math.max(most, value), 0);
  });
}

function cell(filled: number): string {
  // What is there at all is seen.
  const eighths = filled > 0 ? Math.max(1, Math.round(filled * 8)) : 0;
  return EIGHTHS[Math.min(8, eighths)] ?? ' ';
}

function label(row: number, height: number, top: number): string {
  const text = row === 0 ? shortNumber(top) : row === height - 1 ? '0' : '';
  return `${text.padStart(AXIS_WIDTH - 2)} ${row === 0 || row === height - 1 ? '┤' : '│'}`;
}

function shortNumber(value: number): string {
  if (value >= 10_000) return new Intl.NumberFormat('en-US', { notation: 'compact' }).format(value);
  return formatNumber(value >= 10 ? Math.round(value) : Math.round(value * 100) / 100);
}
