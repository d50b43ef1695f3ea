import { formatNumber, formatQuantity } from '../plan/format';
import type { Change, WorkloadChange } from './plan-change';

/** What a table is about. */
export interface PlanTable {
  /** Such as `dist/dev`. */
  readonly title: string;
  /** What it is compared with. */
  readonly from: string;
  /** Whether pod hours, waits and late tasks are along a load. */
  readonly hasLoad: boolean;
}

/** A change as a Markdown table for a pull request, one row for each workload that it touches. */
export function planMarkdown(
  changes: readonly WorkloadChange[],
  { title, from, hasLoad }: PlanTable,
): string {
  const head = `**${title}** beside ${from}`;
  if (changes.length === 0) return `${head}: no workload changes.`;
  const columns = [
    ['workload', (it: WorkloadChange) => `\`${it.name}\``],
    ['pods', (it: WorkloadChange) => it.effect],
    ['replicas', replicas],
    [hasLoad ? 'pod-hours' : 'pod-hours a day', hours],
    ['peak concurrency', (it: WorkloadChange) => arrow(it.peakConcurrency, formatNumber)],
    ...(hasLoad ? LOAD_COLUMNS : []),
    ['risk', risk],
  ] as const;
  const rows = changes.map((it) => columns.map(([, cell]) => cell(it).replaceAll('|', '\\|')));
  const lines = [columns.map(([name]) => name), columns.map(() => '---'), ...rows];
  return [head, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

const LOAD_COLUMNS = [
  ['wait of 99 %', (it: WorkloadChange) => arrow(it.waitP99Seconds, seconds)],
  ['late tasks', (it: WorkloadChange) => arrow(it.lateTasks, formatNumber)],
] as const;

function replicas({ min, max }: WorkloadChange): string {
  const range = (least: number | undefined, most: number | undefined) =>
    least === most ? `${least ?? '–'}` : `${least ?? '–'} to ${most ?? '–'}`;
  const [was, is] = [range(min.was, max.was), range(min.is, max.is)];
  return was === is ? is : `${was} → ${is}`;
}

/** Bounds of a day, or one number along a load. */
function hours({ podHours, mostPodHours }: WorkloadChange): string {
  const shown = (value: number | undefined) =>
    value === undefined ? '–' : formatNumber(Math.round(value * 10) / 10);
  const range = (least: number | undefined, most: number | undefined) =>
    least === most ? shown(least) : `${shown(least)} to ${shown(most)}`;
  const [was, is] = [range(podHours.was, mostPodHours.was), range(podHours.is, mostPodHours.is)];
  return was === is ? is : `${was} → ${is}`;
}

function arrow({ was, is }: Change, show: (value: number) => string): string {
  const shown = (value: number | undefined) => (value === undefined ? '–' : show(value));
  return was === is ? shown(is) : `${shown(was)} → ${shown(is)}`;
}

function seconds(value: number): string {
  return Number.isFinite(value) ? formatQuantity(Math.round(value * 100) / 100, 'seconds') : 'for ever';
}

function risk({ risk: level, risks }: WorkloadChange): string {
  return level === 'none' ? 'none seen' : `**${level}**: ${risks.join('; ')}`;
}
