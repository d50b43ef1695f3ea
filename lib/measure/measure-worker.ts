import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-error';
import type { WorkerModel } from '../model';
import { formatQuantity } from '../plan/format';
import { fitTasks, type TaskFit } from '../plan/measure/fit-tasks';
import type { MeasuredRun } from '../plan/measure/run';
import { inputFolder } from '../run/folders';
import { unconfinedReason } from '../run/runc/container';
import { emptyInput, repeatInput } from './inputs';
import { measureOnce, type RunSetup, type RunTasks } from './one-run';
import { unbounded } from './unbounded';
import { withoutTasks } from './without-tasks';

/** A worker to measure. */
export interface MeasureRequest {
  readonly worker: WorkerModel;
  /** The folder of the program. */
  readonly folder: string;
  /** A folder whose files are the tasks. */
  readonly input?: string | undefined;
  /** Tasks, each a JSON document or a URL, in place of a folder. */
  readonly seeds?: readonly string[] | undefined;
  /** Tasks at the same time to measure at, ascending, two or more. */
  readonly levels: readonly number[];
  /** Rounds over all levels, two or more. */
  readonly rounds: number;
  /** Most seconds of a run. */
  readonly seconds: number;
  /** CPU cores. @default those of its plan, at most those of this machine */
  readonly cpuCores?: number | undefined;
  /** Told after each run. */
  onRun(run: MeasuredRun, done: number, of: number): void;
  /** Told before a first compilation, which takes seconds. */
  onCompile(): void;
}

/** What was measured. */
export interface Measurement {
  readonly fit: TaskFit;
  readonly runs: readonly MeasuredRun[];
  /** CPU cores that the runs had. */
  readonly cores: number;
  /** Under what it was measured, a sentence. */
  readonly conditions: string;
  /** Version of Go that the worker was built with. */
  readonly goVersion: string;
  /** Processes that wanted CPU in the minute before, on average: times of a busy machine are too long. */
  readonly load: number;
}

/**
 * Runs a worker at rising concurrency, confined as its pods are where this machine can, and fits what its tasks cost. The
 * levels take turns, so that a slow minute of the machine falls on all of them.
 *
 * @throws CommandError for a mistake in the request, and when the worker cannot run
 */
export async function measureWorker(request: MeasureRequest): Promise<Measurement> {
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-measure-'));
  try {
    return await measureAll(request, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measureAll(request: MeasureRequest, scratch: string): Promise<Measurement> {
  const unconfined = unconfinedReason();
  const [load = 0] = loadavg();
  const cores = coresOf(request, unconfined);
  const setup: RunSetup = {
    worker: unbounded(request.worker),
    folder: request.folder,
    scratch,
    cpuCores: unconfined === undefined ? cores : undefined,
    seconds: request.seconds,
    onCompile: request.onCompile,
  };
  const { busy, idle } = tasksOf(request, scratch);
  const runs: MeasuredRun[] = [];
  const of = request.rounds * (request.levels.length + 1);
  let goVersion = '';
  for (let round = 0; round < request.rounds; round++) {
    for (const level of [0, ...request.levels]) {
      const isIdle = level === 0;
      const at = isIdle ? { ...setup, worker: idle.worker(setup.worker) } : setup;
      const { run, report } = await measureOnce(at, isIdle ? idle.tasks : busy, level);
      goVersion = report.process.goVersion;
      runs.push(run);
      request.onRun(run, runs.length, of);
    }
  }
  return {
    fit: fitTasks(runs, cores),
    runs,
    cores,
    conditions: conditions(cores, unconfined),
    goVersion,
    load,
  };
}

function coresOf({ worker, cpuCores }: MeasureRequest, unconfined: string | undefined): number {
  const machine = availableParallelism();
  if (unconfined !== undefined) {
    if (cpuCores === undefined) return machine;
    throw new CommandError(`--cpu cannot be kept here: ${unconfined}. Leave it out.`);
  }
  return cpuCores ?? Math.min(machine, worker.plan.figures.cpuLimit?.value ?? machine);
}

function conditions(cores: number, unconfined: string | undefined): string {
  return unconfined === undefined
    ? `Under runc with ${formatQuantity(cores, 'cores')}, GOMEMLIMIT as planned.`
    : `As a plain process of this machine with ${formatQuantity(cores, 'cores')}, as runc cannot be used (${unconfined}): nothing was limited.`;
}

interface Tasks {
  readonly busy: RunTasks;
  readonly idle: { readonly tasks: RunTasks; worker(of: WorkerModel): WorkerModel };
}

function tasksOf({ folder, input, seeds, levels }: MeasureRequest, scratch: string): Tasks {
  if (input === undefined) {
    return { busy: seeds === undefined ? {} : { seeds }, idle: { tasks: {}, worker: withoutTasks } };
  }
  const source = inputFolder(folder, input, resolve(scratch, 'out'));
  const repeated = repeatInput(source, Math.max(...levels), join(scratch, 'tasks'));
  const idle = { tasks: { input: emptyInput(join(scratch, 'none')) }, worker: (of: WorkerModel) => of };
  return { busy: { input: repeated }, idle };
}
