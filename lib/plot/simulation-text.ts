import { formatNumber, formatQuantity } from '../plan/format';
import type { Moment, WorkerSimulation } from '../plan/simulate/outcome';
import { clock, type PlotStyle, plot, type Series, timeAxis } from './plot';

const CYAN = 36;
const YELLOW = 33;
const MAGENTA = 35;

/** Moments that are listed; a day with more of them says how many. */
const MOMENTS_SHOWN = 12;

/** A simulation for people: totals, plots of replicas, backlog and wait, and what went wrong. */
export function simulationText(simulation: WorkerSimulation, style: PlotStyle): string {
  const { name, scaledBy, steps } = simulation;
  const last = steps.at(-1);
  const seconds = last === undefined ? 0 : last.atSeconds + (steps[1]?.atSeconds ?? 0);
  return [
    `${name}, scaled by its ${scaledBy}`,
    ...totalLines(simulation),
    '',
    simulationPlots(simulation, style),
    timeAxis(seconds, style),
    '',
    ...momentLines(simulation.moments),
  ].join('\n');
}

/** Plots of arrivals, replicas, backlog and wait, one below the other. */
export function simulationPlots({ steps }: WorkerSimulation, style: PlotStyle): string {
  const of = (title: string, color: number, values: number[]): Series => ({ title, color, values });
  return [
    of(
      'replicas, pods',
      CYAN,
      steps.map(({ replicas }) => replicas),
    ),
    of(
      'backlog, tasks',
      YELLOW,
      steps.map(({ backlogTasks }) => backlogTasks),
    ),
    of(
      'wait of 99 of 100 tasks, s',
      MAGENTA,
      steps.map(({ waitP99Seconds }) => waitP99Seconds),
    ),
  ]
    .map((series) => plot(series, style))
    .join('\n');
}

function totalLines({ totals }: WorkerSimulation): string[] {
  const wait = (seconds: number) =>
    Number.isFinite(seconds) ? formatQuantity(Math.round(seconds * 1000) / 1000, 'seconds') : 'for ever';
  const tasks = (count: number) => formatQuantity(Math.round(count), 'tasks');
  const rows: [string, string][] = [
    [
      'tasks',
      `${formatNumber(Math.round(totals.tasks))}${totals.refusedTasks < 0.5 ? '' : `, and ${tasks(totals.refusedTasks)} turned away`}`,
    ],
    [
      'wait',
      `${wait(totals.waitP50Seconds)} for half of the tasks, ${wait(totals.waitP99Seconds)} for 99 of 100`,
    ],
    [
      'late',
      `${tasks(totals.lateTasks)} waited longer than ${formatQuantity(totals.lateSeconds, 'seconds')}`,
    ],
    ['backlog', `${tasks(totals.peakBacklogTasks)} at most`],
    [
      'pods',
      `${formatNumber(totals.peakReplicas)} at most, ${formatNumber(Math.round(totals.podHours * 10) / 10)} pod hours`,
    ],
    ['downstream', `${tasks(totals.peakConcurrencyTasks)} at the same time at most`],
  ];
  return rows.map(([what, text]) => `  ${what.padEnd(12)}${text}`);
}

/** What went wrong, a line each. */
export function momentLines(moments: readonly Moment[]): string[] {
  if (moments.length === 0) return ['Nothing went wrong.'];
  const lines = moments.slice(0, MOMENTS_SHOWN).map(({ fromSeconds, toSeconds, kind, text }) => {
    const when = `${clock(fromSeconds)}–${clock(toSeconds)}`;
    return `${when.padEnd(18)}${kind.padEnd(10)} ${text}`;
  });
  const more = moments.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more: see --json`];
}
