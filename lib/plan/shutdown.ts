import { type Figure, figure } from './figure';
import type { Figures } from './figures';
import { formatQuantity } from './format';
import type { Problem } from './problem';
import { provenance, type SettledPod } from './settled-spec';

/** What waits in a pod when it is told to end, and has to start before the longest of it can end. */
export interface WorkOff {
  /** Name in the sum. */
  readonly name: string;
  /** Seconds until the last of it has started. */
  readonly seconds: number;
  /** How they come about, for reasons. */
  readonly formula: string;
  /** The property that bounds it. */
  readonly boundedBy: string;
}

/** Why the parts of a shutdown are needed. */
interface ShutdownReasons {
  readonly lameDuck: string;
  readonly flush: string;
}

/**
 * The shutdown budget: serve on for a while, let what runs end, then ack and report. What waits in the pod's own
 * memory is started as well.
 *
 * @param waiting left out when nothing waits in the pod
 */
export function shutdownBudget(
  spec: SettledPod,
  waiting: WorkOff | undefined,
  reasons: ShutdownReasons,
): Pick<Figures, 'lameDuck' | 'drain' | 'flush' | 'gracePeriod'> {
  const { lameDuckSeconds, flushSeconds } = spec;
  return {
    lameDuck: figure(
      lameDuckSeconds.value,
      'seconds',
      (shown) => `${shown}, ${provenance(lameDuckSeconds, 'shutdown.lameDuck')}: ${reasons.lameDuck}`,
    ),
    drain: drain(spec, waiting),
    flush: figure(
      flushSeconds.value,
      'seconds',
      (shown) => `${shown}, ${provenance(flushSeconds, 'shutdown.flush')}: ${reasons.flush}`,
    ),
    gracePeriod: gracePeriod(spec, waiting),
  };
}

function drain({ work, maxSeconds }: SettledPod, waiting: WorkOff | undefined): Figure {
  const longest = formatQuantity(maxSeconds, 'seconds');
  return figure(maxSeconds + (waiting?.seconds ?? 0), 'seconds', (shown) =>
    waiting === undefined
      ? `the longest ${work.one}, ${shown} (${work.one}.duration.max)`
      : `${waiting.formula} + the longest ${work.one}, ${longest} = ${shown}`,
  );
}

interface Part {
  readonly name: string;
  readonly seconds: number;
}

function parts(spec: SettledPod, waiting: WorkOff | undefined): Part[] {
  return [
    { name: 'lame duck', seconds: spec.lameDuckSeconds.value },
    ...(waiting === undefined ? [] : [waiting]),
    { name: `longest ${spec.work.one}`, seconds: spec.maxSeconds },
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

function gracePeriod(spec: SettledPod, waiting: WorkOff | undefined): Figure {
  const budget = parts(spec, waiting);
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

/** Refuses a fixed grace period that what may run and wait in the pod does not fit into. */
export function checkGracePeriod(spec: SettledPod, waiting: WorkOff | undefined, problems: Problem[]): void {
  const budget = parts(spec, waiting);
  const need = wholeSeconds(budget);
  if (spec.graceSeconds === undefined || spec.graceSeconds >= need) return;
  const bound = waiting === undefined ? '' : `${waiting.boundedBy} or `;
  problems.push({
    prop: 'shutdown.gracePeriod',
    wanted: `must be ${formatQuantity(need, 'seconds')} or more: ${sum(budget)} (${names(budget)})`,
    got: formatQuantity(spec.graceSeconds, 'seconds'),
    fix: `Raise it, or lower ${bound}${spec.work.one}.duration.max; leave it out to derive it.`,
  });
}
