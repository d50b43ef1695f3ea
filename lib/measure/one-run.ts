import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, EXIT } from '../command-error';
import type { WorkerReport } from '../contract/zz_report.gen';
import type { WorkerModel } from '../model';
import type { MeasuredRun } from '../plan/measure/run';
import type { Progress } from '../run/progress';
import { runPlan } from '../run/run-plan';
import { type RunResult, runWorker } from '../run/run-worker';
import { MOST_CPU_SHARES } from '../run/runc/runtime-spec';
import { limitedTo } from './cpu-limit';

/** What all runs of a measurement have in common. */
export interface RunSetup {
  /** The worker, without what would bound it besides its slots. */
  readonly worker: WorkerModel;
  /** The folder of the program. */
  readonly folder: string;
  /** A folder for what runs leave behind. */
  readonly scratch: string;
  /** CPU cores under runc; `undefined` runs a plain process. */
  readonly cpuCores: number | undefined;
  /** A run is told to drain after this long. */
  readonly seconds: number;
  /** Told before a first compilation, which takes seconds. */
  onCompile(): void;
}

/** Where the tasks of a run come from. */
export interface RunTasks {
  readonly input?: string;
  readonly seeds?: readonly string[];
}

/** A run and what went with it. */
export interface OneRun {
  readonly run: MeasuredRun;
  readonly report: WorkerReport;
}

/** Memory limits of further attempts, by that of the plan: an estimate may be far too small. */
const MEMORY_FACTORS = [2, 4, 8, 16];

/** A run that has ended. */
interface EndedRun {
  readonly result: RunResult;
  /** Seconds from the signal to end until it was noticed; `undefined` without one. */
  readonly noticeSeconds: number | undefined;
}

/** An idle process is left alone for this long, so that it has done all that belongs to its start. */
const IDLE_SECONDS = 0.3;

/**
 * Runs a worker with so many slots until its tasks are done or the time is over, in its memory limit as planned for the
 * garbage collector, and with room above it: memory that a wrong estimate leaves out is to be measured, not to be a kill.
 *
 * @param concurrency slots; 0 measures the process alone
 * @throws CommandError when it cannot run, is killed with sixteen times the planned memory, or gets nothing done
 */
export async function measureOnce(setup: RunSetup, tasks: RunTasks, concurrency: number): Promise<OneRun> {
  const slots = Math.max(1, concurrency);
  const planned = runPlan(limitedTo(setup.cpuCores, setup.worker), slots).figures.memoryLimit.value;
  for (const factor of MEMORY_FACTORS) {
    const ended = await runOnce(setup, tasks, slots, concurrency === 0, factor * planned);
    if (ended.result.exitCode !== EXIT.memory || setup.cpuCores === undefined)
      return accept(ended, concurrency);
  }
  throw new CommandError(
    `${setup.worker.name} was killed for memory with ${slots} slots, though it had ${MEMORY_FACTORS.at(-1)} times what ` +
      'is planned. Raise task.memory, or measure fewer at the same time (--levels).',
    EXIT.memory,
  );
}

async function runOnce(
  setup: RunSetup,
  tasks: RunTasks,
  slots: number,
  isIdle: boolean,
  memoryBytes: number,
): Promise<EndedRun> {
  const { folder, scratch, cpuCores, onCompile } = setup;
  const worker = limitedTo(cpuCores, setup.worker);
  const output = join(scratch, 'out');
  const stop = new AbortController();
  const timer = stopAfter(isIdle ? IDLE_SECONDS : setup.seconds, stop);
  try {
    const result = await runWorker({
      ...tasks,
      worker,
      folder,
      output,
      slots,
      // Others on this machine are not to stretch what is measured.
      container:
        cpuCores === undefined
          ? undefined
          : { cpuCores, memoryBytes, cpuShares: MOST_CPU_SHARES, images: join(scratch, 'images') },
      stop: stop.signal,
      progress: () => timer,
      onCompile,
      onIntake: () => undefined,
    });
    return { result, noticeSeconds: timer.noticeSeconds() };
  } finally {
    timer.end();
    rmSync(output, { recursive: true, force: true });
  }
}

/** Stops a run some time after it is ready, and sees when it notices that. */
function stopAfter(
  seconds: number,
  stop: AbortController,
): Progress & { noticeSeconds(): number | undefined } {
  let timer: NodeJS.Timeout | undefined;
  let toldAt: number | undefined;
  let notice: number | undefined;
  const tell = () => {
    toldAt = Date.now() / 1000;
    stop.abort();
  };
  return {
    take: (event) => {
      if (event.kind === 'ready') timer ??= setTimeout(tell, seconds * 1000);
      if (event.kind === 'draining' && toldAt !== undefined) notice = Math.max(0, event.atSeconds - toldAt);
    },
    end: () => clearTimeout(timer),
    noticeSeconds: () => notice,
  };
}

function accept({ result, noticeSeconds }: EndedRun, concurrency: number): OneRun {
  const { report, message, cpu } = result;
  if (report === undefined || (report.reason !== 'idle' && report.reason !== 'signal')) {
    throw new CommandError(message ?? 'The worker left no report.', EXIT.failed);
  }
  if (concurrency > 0 && report.tasks.done === 0) throw nothingDone(report, concurrency);
  const { tasks, wallSeconds, process, taskSeconds, pool, readySeconds, drainSeconds } = report;
  const run: MeasuredRun = {
    concurrency,
    tasks: tasks.done,
    wallSeconds,
    cpuSeconds: process.cpuSeconds,
    taskSeconds: taskSeconds.mean,
    longestTaskSeconds: taskSeconds.max,
    utilization: pool.utilization,
    memoryBytes: process.maxRssBytes,
    startSeconds: readySeconds,
    // The worker counts from when it noticed.
    ...(drainSeconds !== undefined &&
      concurrency > 0 && { drainSeconds: (noticeSeconds ?? 0) + drainSeconds }),
    ...(noticeSeconds !== undefined && concurrency > 0 && { noticeSeconds }),
    ...(cpu !== undefined && cpu.periods > 0 && { throttledShare: cpu.throttledPeriods / cpu.periods }),
  };
  return { run, report };
}

function nothingDone({ deadLetters }: WorkerReport, concurrency: number): CommandError {
  const [letter] = deadLetters;
  const why =
    letter === undefined ? 'Give the runs longer (--seconds).' : `The first failed: ${letter.reason}`;
  return new CommandError(`No task was done with ${concurrency} at the same time. ${why}`, EXIT.failed);
}
