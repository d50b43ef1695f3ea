import type { DeadLetter, WorkerReport } from '../contract/zz_report.gen';
import { formatQuantity } from '../plan/format';
import type { TaskSpec } from '../plan/spec';
import type { Unit } from '../plan/unit';
import type { AnyWorkerPlan } from '../plan/worker-plan';

/** What a summary tells about. */
export interface RunAccount {
  readonly report: WorkerReport;
  readonly plan: AnyWorkerPlan;
  readonly task: TaskSpec;
  /** What the run was limited to. */
  readonly conditions: string;
  /** Where things are: a label and a path each. */
  readonly places: readonly (readonly [label: string, where: string])[];
}

const NOTHING_DONE = '  No task was done, so there is nothing to compare with the plan.';

/**
 * Below so many tasks a mean says little: where times of tasks vary as much as they are long, its standard error is 1 ÷ √20,
 * more than a fifth, and the CPU time of the start is shared by few.
 */
const LEAST_DONE = 20;
/** Attempts that fail use CPU and slots too. A fifth of them, each as dear as one that is done, raise the mean by a quarter. */
const LEAST_SHARE_DONE = 0.8;
/** A pool that is idle for longer says how fast tasks came, not how fast they can be done. */
const LEAST_UTILIZATION = 0.5;

/** Dead letters beyond so many are counted only. */
const SHOWN_DEAD_LETTERS = 20;

/** The end of a run for a person to read. */
export function formatSummary(account: RunAccount): string {
  const { report } = account;
  const isIdle = report.tasks.done === 0;
  const sections = [
    columns(outcomes(report)),
    ...(report.deadLetters.length > 0 ? [`  dead letters\n${indent(deadLetters(report.deadLetters))}`] : []),
    isIdle ? NOTHING_DONE : measurements(account),
    columns(account.places),
  ];
  return sections.join('\n\n');
}

type Row = readonly string[];

function outcomes({ tasks, taskSeconds, wallSeconds, pool, deadLetters: letters }: WorkerReport): Row[] {
  const earlier = letters.length - tasks.dead;
  const rows: Row[] = [
    ['done', `${tasks.done}${tasks.alreadyDone > 0 ? `, ${tasks.alreadyDone} already done before` : ''}`],
    ['failed', `${tasks.dead}${earlier > 0 ? `, ${earlier} in an earlier run` : ''}`],
  ];
  if (tasks.retried > 0) rows.push(['tried again', String(tasks.retried)]);
  if (tasks.lost > 0) rows.push(['lost', `${tasks.lost}, taken and not done when the worker ended`]);
  if (tasks.handedBack > 0) rows.push(['handed back', String(tasks.handedBack)]);
  if (tasks.snoozed > 0) rows.push(['put off', String(tasks.snoozed)]);
  if (tasks.done === 0) return rows;
  const { p50, p99, max } = taskSeconds;
  return [
    ...rows,
    ['speed', `${show(tasks.done / wallSeconds, 'tasks/s')} over ${show(wallSeconds, 'seconds')}`],
    [
      'task time',
      `p50 ${show(p50, 'seconds')}, p99 ${show(p99, 'seconds')}, longest ${show(max, 'seconds')}`,
    ],
    [
      'pool',
      `${Math.round(pool.utilization * 100)} % busy of ${show(pool.slots, 'slots')}, ${pool.peakBusy} at most`,
    ],
  ];
}

function measurements(account: RunAccount): string {
  const reason = unmeasured(account.report);
  const lines = [
    columns(comparison(account, reason === undefined)),
    ...(reason === undefined ? [] : [`  Throughput and CPU per task are not measured: ${reason}.`]),
    `  ${account.conditions}`,
  ];
  return lines.join('\n');
}

/** Why what the whole process did says nothing about one task; `undefined` where it does. */
function unmeasured({ tasks, pool }: WorkerReport): string | undefined {
  if (tasks.done < LEAST_DONE) return `fewer than ${LEAST_DONE} tasks were done`;
  if (tasks.done < LEAST_SHARE_DONE * (tasks.done + tasks.dead + tasks.retried)) {
    return `fewer than ${LEAST_SHARE_DONE * 100} % of the attempts ended well`;
  }
  return pool.utilization < LEAST_UTILIZATION
    ? 'the pool was idle for more than half of the time'
    : undefined;
}

function comparison({ report, plan, task }: RunAccount, isMeasured: boolean): Row[] {
  const { tasks, process, wallSeconds, readySeconds, taskSeconds } = report;
  const perTask = (value: number, unit: Unit) => (isMeasured ? show(value, unit) : '');
  const { throughputPerPod, memoryLimit, poolSlots } = plan.figures;
  const memory = task.memoryBytes.base + poolSlots.value * task.memoryBytes.perTask;
  return [
    ['', 'planned', 'measured'],
    ['throughput', show(throughputPerPod.value, 'tasks/s'), perTask(tasks.done / wallSeconds, 'tasks/s')],
    ['CPU per task', show(task.cpuSeconds, 'seconds'), perTask(process.cpuSeconds / tasks.done, 'seconds')],
    ['time per task', show(task.durationSeconds.mean, 'seconds'), show(taskSeconds.mean, 'seconds')],
    ['memory, peak', show(memory, 'bytes'), show(process.maxRssBytes, 'bytes')],
    ['memory, limit', show(memoryLimit.value, 'bytes'), ''],
    ['ready after', '', show(readySeconds, 'seconds')],
  ];
}

function deadLetters(letters: readonly DeadLetter[]): string {
  const sorted = [...letters].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown = sorted.slice(0, SHOWN_DEAD_LETTERS);
  const width = Math.max(...shown.map(({ id }) => id.length));
  const lines = shown.map(({ id, reason }) => `${id.padEnd(width)}  ${reason}`);
  const more = letters.length - shown.length;
  return [...lines, ...(more > 0 ? [`and ${more} more, in the report`] : [])].join('\n');
}

/** To three digits, as the rest of a measurement is noise; bytes as the plan shows them. */
function show(value: number, unit: Unit): string {
  return formatQuantity(unit === 'bytes' ? value : Number(value.toPrecision(3)), unit);
}

/** Rows with aligned columns, the first one indented by two. */
function columns(rows: readonly Row[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ');
  return indent(rows.map((row) => line(row).trimEnd()).join('\n'), 2);
}

function indent(text: string, by = 4): string {
  return text.replace(/^/gm, ' '.repeat(by));
}
