import { type Figure, figure } from './figure';
import type { Figures } from './figures';
import { formatQuantity } from './format';
import type { Problem } from './problem';
import { provenance, type SettledSpec } from './settled-spec';

/** What one pod can do, as far as its shutdown depends on it. */
export interface PodPace {
  readonly slots: number;
  /** Tasks per second with all slots busy. */
  readonly throughputPerPod: number;
  /** Tasks that the pod may hold in its own memory. */
  readonly held: number;
}

/**
 * The shutdown budget: serve on for a while, let the longest task end, then ack and report. A pod that holds tasks
 * in its own memory starts those that wait as well, at the planned pace.
 */
export function shutdownBudget(
  spec: SettledSpec,
  pace: PodPace,
): Pick<Figures, 'lameDuck' | 'drain' | 'flush' | 'gracePeriod'> {
  const duckReason =
    spec.delivery === 'pull' ? 'a worker that pulls just stops asking' : 'until endpoints have followed';
  const { lameDuckSeconds, flushSeconds } = spec;
  return {
    lameDuck: figure(
      lameDuckSeconds.value,
      'seconds',
      (shown) => `${shown}, ${provenance(lameDuckSeconds, 'shutdown.lameDuck')}: ${duckReason}`,
    ),
    drain: drain(spec, pace),
    flush: figure(
      flushSeconds.value,
      'seconds',
      (shown) => `${shown}, ${provenance(flushSeconds, 'shutdown.flush')}: acks, hand-backs and the report`,
    ),
    gracePeriod: gracePeriod(spec, pace),
  };
}

function waitingTasks({ slots, held }: PodPace): number {
  return Math.max(0, held - slots);
}

/** Seconds until the last task that waits in the pod has started. */
function workOffSeconds(pace: PodPace): number {
  return waitingTasks(pace) / pace.throughputPerPod;
}

function drain(spec: SettledSpec, pace: PodPace): Figure {
  const longest = formatQuantity(spec.maxSeconds, 'seconds');
  const waiting = waitingTasks(pace);
  return figure(spec.maxSeconds + workOffSeconds(pace), 'seconds', (shown) =>
    waiting === 0
      ? `the longest task, ${shown} (task.duration.max)`
      : `${formatQuantity(waiting, 'tasks')} that may wait in the pod ÷ ` +
        `${formatQuantity(pace.throughputPerPod, 'tasks/s')} + the longest task, ${longest} = ${shown}`,
  );
}

interface Part {
  readonly name: string;
  readonly seconds: number;
}

function parts(spec: SettledSpec, pace: PodPace): Part[] {
  const workOff = workOffSeconds(pace);
  return [
    { name: 'lame duck', seconds: spec.lameDuckSeconds.value },
    ...(workOff > 0 ? [{ name: 'waiting tasks', seconds: workOff }] : []),
    { name: 'longest task', seconds: spec.maxSeconds },
    { name: 'flush', seconds: spec.flushSeconds.value },
  ];
}

function sum(budget: readonly Part[]): string {
  return budget.map(({ seconds }) => formatQuantity(seconds, 'seconds')).join(' + ');
}

function names(budget: readonly Part[]): string {
  return budget.map(({ name }) => name).join(' + ');
}

function wholeSeconds(budget: readonly Part[]): number {
  return Math.ceil(budget.reduce((total, { seconds }) => total + seconds, 0));
}

function gracePeriod(spec: SettledSpec, pace: PodPace): Figure {
  const budget = parts(spec, pace);
  return spec.graceSeconds === undefined
    ? figure(
        wholeSeconds(budget),
        'seconds',
        (shown) => `${sum(budget)} (${names(budget)}) in whole seconds: ${shown}`,
      )
    : figure(
        spec.graceSeconds,
        'seconds',
        (shown) => `${shown}, given as shutdown.gracePeriod; ${names(budget)} take ${sum(budget)}`,
      );
}

/** Refuses a fixed grace period that the longest task, or the tasks held in the pod, do not fit into. */
export function checkGracePeriod(spec: SettledSpec, pace: PodPace, problems: Problem[]): void {
  const budget = parts(spec, pace);
  const need = wholeSeconds(budget);
  if (spec.graceSeconds === undefined || spec.graceSeconds >= need) return;
  const lower = waitingTasks(pace) > 0 ? 'source.capacity or task.duration.max' : 'task.duration.max';
  problems.push({
    prop: 'shutdown.gracePeriod',
    wanted: `must be ${formatQuantity(need, 'seconds')} or more: ${sum(budget)} (${names(budget)})`,
    got: formatQuantity(spec.graceSeconds, 'seconds'),
    fix: `Raise it, or lower ${lower}; leave it out to derive it.`,
  });
}
