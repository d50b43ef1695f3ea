import { EXIT, type ExitCode } from '../command-error';
import type { WorkerReport } from '../contract/zz_report.gen';
import { formatQuantity } from '../plan/format';
import type { WorkerExit } from './worker-process';

/** Exit code of a container whose process was killed with signal 9. */
const KILLED = 137;

/** Exit codes of a worker, as docs/architecture.md lists them. */
const WORKER = {
  clean: 0,
  failed: 1,
  configuration: 2,
  deadline: 3,
  secondSignal: 4,
  unfinished: 5,
} as const;

/** How a run ended. */
export interface RunEnd {
  /** What `capstan run` ends with. */
  readonly exitCode: ExitCode;
  /** What to say about it; `undefined` for a run that came to its end by itself. */
  readonly message: string | undefined;
}

/** What is known about a run at its end. */
export interface RunFacts {
  readonly exit: WorkerExit;
  /** `undefined` for a worker that could not write one. */
  readonly report: WorkerReport | undefined;
  /** The memory limit that was in force, in bytes; `undefined` when none was. */
  readonly memoryLimit: number | undefined;
  /** What the plan says the limit should be, in bytes. */
  readonly plannedMemory: number;
  /** Processes that the kernel killed for memory; `undefined` when nobody counted. */
  readonly killedForMemory: number | undefined;
  /** Whether the run was to end by itself. */
  readonly endsWhenIdle: boolean;
}

/** Tells how a run ended and what that means. */
export function runEnd(facts: RunFacts): RunEnd {
  const { exit, report } = facts;
  if (exit.signal === 'SIGKILL' || exit.code === KILLED) return killed(facts);
  if (exit.signal !== undefined) return failed(`The worker was ended by ${exit.signal}.${beyondLog(exit)}`);
  switch (exit.code) {
    case WORKER.clean:
    case WORKER.unfinished:
      return ended(facts);
    case WORKER.configuration:
      return failed(`The worker refused its configuration.${beyondLog(exit)}`);
    case WORKER.deadline:
      return failed(`The drain ended before its tasks did: ${leftOver(report)}.`);
    case WORKER.secondSignal:
      return failed(`A second signal ended the worker: ${leftOver(report)}.`);
    default:
      return failed(
        `The worker failed (exit code ${exit.code}).${report?.error ? `\n${report.error}` : beyondLog(exit)}`,
      );
  }
}

function ended({ exit, endsWhenIdle }: RunFacts): RunEnd {
  const { code, stoppedBy } = exit;
  const isDone = code === WORKER.clean && stoppedBy === undefined;
  if (isDone || !endsWhenIdle) return { exitCode: EXIT.done, message: undefined };
  const by = stoppedBy ?? 'a signal';
  return failed(`Stopped by ${by} before everything was done. The next run goes on from there.`);
}

/** What became of tasks that were not done. A memory queue ends with its process, and says how many it held. */
function leftOver(report: WorkerReport | undefined): string {
  const lost = report?.tasks.lost ?? 0;
  return lost > 0
    ? `${lost} ${lost === 1 ? 'task is' : 'tasks are'} lost with the memory queue`
    : 'what still ran was handed back, and the next run takes it';
}

function killed({ killedForMemory, memoryLimit, plannedMemory }: RunFacts): RunEnd {
  const bytes = (value: number) => formatQuantity(value, 'bytes');
  if (killedForMemory === 0) return failed('The worker was killed with signal 9, not for memory.');
  const next = 'The next run finishes the rest.';
  if (memoryLimit === undefined) {
    const message =
      'The worker was killed with signal 9: by the kernel for want of memory on this machine ' +
      `(planned: ${bytes(plannedMemory)}), or by a \`kill -9\`. ${next}`;
    return { exitCode: EXIT.memory, message };
  }
  const remedy =
    memoryLimit < plannedMemory
      ? `The plan wants ${bytes(plannedMemory)}: give it that, or lower the concurrency.`
      : 'That is what the plan wants, so the task costs more than its profile says: raise task.memory, or lower the concurrency.';
  const message = `The worker was killed for memory: it needed more than its limit of ${bytes(memoryLimit)}. ${remedy} ${next}`;
  return { exitCode: EXIT.memory, message };
}

function failed(message: string): RunEnd {
  return { exitCode: EXIT.failed, message };
}

function beyondLog({ said }: WorkerExit): string {
  return said === '' ? '' : `\n${said}`;
}
