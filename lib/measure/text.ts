import { formatQuantity, formatShare } from '../plan/format';
import type { Bend } from '../plan/measure/bend';
import type { Interval } from '../plan/measure/interval';
import type { MeasuredProfile } from '../plan/measure/profile';
import type { MeasuredRun } from '../plan/measure/run';
import type { TaskSpec } from '../plan/spec';
import type { Unit } from '../plan/unit';

const DIGITS = 3;

/**
 * A measurement for a person to read: each number with its interval, beside what the program says.
 *
 * @param given what the program says tasks cost
 */
export function measurementText(profile: MeasuredProfile, cores: number, given: TaskSpec): string {
  return [
    `${profile.conditions}${busyMachine(profile)}`,
    columns(numbers(profile, given)),
    columns(levels(profile.runs, cores)),
    profile.bend === undefined ? noBend(profile.runs) : bendText(profile.bend),
  ].join('\n\n');
}

type Row = readonly string[];

/** Half of the cores in use by others stretch every time. */
const BUSY_LOAD = 0.5;

function busyMachine({ machine: { load, cores } }: MeasuredProfile): string {
  if (load <= BUSY_LOAD * cores) return '';
  return `\nThe machine was busy (load ${load} on ${formatQuantity(cores, 'cores')}): memory is right, times are too long, and CPU where the cores are shared. Measure again when it is quiet.`;
}

function numbers({ measured, task }: MeasuredProfile, given: TaskSpec): Row[] {
  const { drainSeconds } = measured;
  const bytes = (value: number) => formatQuantity(value, 'bytes');
  const { durationSeconds, memoryBytes } = given;
  return [
    ['', 'measured', '95 % interval', 'the plan takes', 'the program says'],
    row(
      'CPU per task',
      measured.cpuSeconds,
      'seconds',
      show(task.cpuSeconds, 'seconds'),
      show(given.cpuSeconds, 'seconds'),
    ),
    row(
      'time per task',
      measured.durationSeconds,
      'seconds',
      show(task.durationSeconds.mean, 'seconds'),
      show(durationSeconds.mean, 'seconds'),
    ),
    row('waiting', measured.waitingSeconds, 'seconds'),
    [
      'longest task',
      show(measured.longestTaskSeconds, 'seconds'),
      '',
      `at most ${show(task.durationSeconds.max, 'seconds')}`,
      show(durationSeconds.max, 'seconds'),
    ],
    row('memory, idle', measured.idleBytes, 'bytes'),
    row('memory, base', measured.baseBytes, 'bytes', bytes(task.memoryBytes.base), bytes(memoryBytes.base)),
    row(
      'memory, per task',
      measured.perTaskBytes,
      'bytes',
      bytes(task.memoryBytes.perTask),
      bytes(memoryBytes.perTask),
    ),
    row('start', measured.startSeconds, 'seconds'),
    ...(drainSeconds === undefined ? [] : [row('drain', drainSeconds, 'seconds')]),
  ];
}

function row(name: string, { value, low, high }: Interval, unit: Unit, ...others: readonly string[]): Row {
  return [name, show(value, unit), `${show(low, unit)} to ${show(high, unit)}`, ...others];
}

function levels(runs: readonly MeasuredRun[], cores: number): Row[] {
  const all = [...new Set(runs.map(({ concurrency }) => concurrency))].filter((level) => level > 0);
  return [
    ['at the same time', 'tasks/s', 'time per task', 'CPU busy', 'throttled', 'memory'],
    ...all.map((level) => {
      const of = runs.filter(({ concurrency }) => concurrency === level);
      const mean = (pick: (run: MeasuredRun) => number) =>
        of.reduce((sum, it) => sum + pick(it), 0) / of.length;
      return [
        String(level),
        show(
          mean(({ tasks, wallSeconds }) => tasks / wallSeconds),
          'count',
        ),
        show(
          mean((it) => it.taskSeconds),
          'seconds',
        ),
        formatShare(mean(({ cpuSeconds, wallSeconds }) => cpuSeconds / wallSeconds) / cores),
        formatShare(mean(({ throttledShare = 0 }) => throttledShare)),
        formatQuantity(Math.max(...of.map((it) => it.memoryBytes)), 'bytes'),
      ];
    }),
  ];
}

function bendText({ concurrency, reason }: Bend): string {
  const at = (value: number) => show(value, 'count');
  return `Tasks take longer from ${at(concurrency.value)} at the same time on (${at(concurrency.low)} to ${at(concurrency.high)}): ${reason}.`;
}

function noBend(runs: readonly MeasuredRun[]): string {
  return `Up to ${Math.max(...runs.map(({ concurrency }) => concurrency))} tasks at the same time do not slow each other down.`;
}

function show(value: number, unit: Unit): string {
  return formatQuantity(unit === 'bytes' ? value : Number(value.toPrecision(DIGITS)), unit);
}

function columns(rows: readonly Row[]): string {
  const count = Math.max(...rows.map((it) => it.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((it) => it[index]?.length ?? 0)),
  );
  return rows
    .map((it) => `  ${it.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('   ')}`.trimEnd())
    .join('\n');
}
