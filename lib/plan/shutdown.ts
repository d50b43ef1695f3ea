import { type Figure, figure } from './figure';
import type { Figures } from './figures';
import { formatQuantity } from './format';
import type { Problem } from './problem';
import { provenance, type SettledSpec } from './settled-spec';

/** The shutdown budget: serve on for a while, let the longest task end, then ack and report. */
export function shutdownBudget(
  spec: SettledSpec,
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
    drain: figure(spec.maxSeconds, 'seconds', (shown) => `the longest task, ${shown} (task.duration.max)`),
    flush: figure(
      flushSeconds.value,
      'seconds',
      (shown) => `${shown}, ${provenance(flushSeconds, 'shutdown.flush')}: acks, hand-backs and the report`,
    ),
    gracePeriod: gracePeriod(spec),
  };
}

function budget(spec: SettledSpec): number {
  return spec.lameDuckSeconds.value + spec.maxSeconds + spec.flushSeconds.value;
}

function sum(spec: SettledSpec): string {
  const parts = [spec.lameDuckSeconds.value, spec.maxSeconds, spec.flushSeconds.value];
  return parts.map((part) => formatQuantity(part, 'seconds')).join(' + ');
}

function gracePeriod(spec: SettledSpec): Figure {
  return spec.graceSeconds === undefined
    ? figure(
        Math.ceil(budget(spec)),
        'seconds',
        (shown) => `${sum(spec)} (lame duck + longest task + flush) in whole seconds: ${shown}`,
      )
    : figure(
        spec.graceSeconds,
        'seconds',
        (shown) =>
          `${shown}, given as shutdown.gracePeriod; lame duck + longest task + flush take ${sum(spec)}`,
      );
}

/** Refuses a fixed grace period that the longest task does not fit into. */
export function checkGracePeriod(spec: SettledSpec, problems: Problem[]): void {
  const need = Math.ceil(budget(spec));
  if (spec.graceSeconds !== undefined && spec.graceSeconds < need) {
    problems.push({
      prop: 'shutdown.gracePeriod',
      wanted: `must be ${formatQuantity(need, 'seconds')} or more: ${sum(spec)} (lame duck + longest task + flush)`,
      got: formatQuantity(spec.graceSeconds, 'seconds'),
      fix: 'Raise it, or lower task.duration.max; leave it out to derive it.',
    });
  }
}
