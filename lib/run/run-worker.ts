import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { appFolderProblem } from '../codegen/app-folder';
import { INSTALL_GO } from '../codegen/go-command';
import { CommandError } from '../command-error';
import type { WorkerReport } from '../contract/zz_report.gen';
import type { WorkerModel } from '../model';
import { formatQuantity } from '../plan/format';
import { formatProblem } from '../plan/problem';
import type { AnyWorkerPlan } from '../plan/worker-plan';
import { writeAtomically } from '../synth/write-atomically';
import { buildBinary } from './binary';
import { runContract } from './contract';
import { type RunEnd, runEnd } from './exit';
import { inputFolder, type RunFolders, takeFolders } from './folders';
import { readLogLine } from './log-lines';
import type { Progress } from './progress';
import { runPlan, unconfinedEnvironment } from './run-plan';
import type { CpuAccount } from './runc/cgroup';
import { type ContainerOptions, runInContainer } from './runc/container';
import { type RunTasks, runTasks, type TaskOptions } from './tasks';
import { runProcess, type WorkerExit } from './worker-process';

/** A worker to run on this machine. */
export interface RunRequest extends TaskOptions {
  readonly worker: WorkerModel;
  /** The folder of the program. */
  readonly folder: string;
  /** Folder of the results. @default out/NAME */
  readonly output?: string | undefined;
  /** Pool size. @default the plan's */
  readonly slots?: number | undefined;
  /** Run the image under runc instead of a binary of this machine. */
  readonly container?: ContainerOptions | undefined;
  /** Has the worker drain and end as soon as it is aborted. @default it ends by itself, or by a signal to this process */
  readonly stop?: AbortSignal | undefined;
  /** Makes the picture of progress, once the worker is about to start. */
  progress(): Progress;
  /** Told before a first compilation, which takes seconds. */
  onCompile(): void;
  /** Told when the worker takes tasks over HTTP. */
  onIntake(address: string): void;
}

/** What became of a run. */
export interface RunResult extends RunEnd {
  readonly report: WorkerReport | undefined;
  readonly plan: AnyWorkerPlan;
  readonly folders: RunFolders;
  /** What the run was limited to, a sentence. */
  readonly conditions: string;
  /** What its control group counted about the CPU quota; `undefined` without one. */
  readonly cpu: CpuAccount | undefined;
}

/** What a worker is started with. */
export interface StartedRun {
  readonly request: RunRequest;
  readonly plan: AnyWorkerPlan;
  readonly tasks: RunTasks;
  readonly folders: RunFolders;
  onLine(line: string): void;
}

/** How a started worker ended, and under what limits. */
export interface Ended {
  readonly exit: WorkerExit;
  readonly memoryLimit: number | undefined;
  readonly killedForMemory: number | undefined;
  readonly cpu: CpuAccount | undefined;
  readonly conditions: string;
}

/**
 * Runs a worker on this machine on its embedded queue, until its tasks are settled or a signal ends it.
 *
 * @throws CommandError for a mistake in the request, and when the worker cannot be built
 */
export async function runWorker(request: RunRequest): Promise<RunResult> {
  const { worker, folder, slots } = request;
  const plan = runPlan(worker, slots);
  const output = resolve(folder, request.output ?? join('out', worker.name));
  const asked = runTasks(worker, request);
  const tasks: RunTasks =
    'input' in asked && asked.input !== undefined
      ? { ...asked, input: inputFolder(folder, asked.input, output) }
      : asked;
  requireApp(request);
  const { folders, giveBack } = takeFolders(output);
  const start = request.container === undefined ? runOnMachine : runInContainer;
  let progress: Progress | undefined;
  const onLine = (line: string) => {
    const event = readLogLine(line);
    if (event.kind === 'ready' && event.intake !== undefined) request.onIntake(event.intake);
    progress ??= request.progress();
    progress.take(event);
  };
  const ended = await start({ request, plan, tasks, folders, onLine }).finally(() => {
    progress?.end();
    giveBack();
  });
  const report = readReport(folders.report);
  const end = runEnd({
    ...ended,
    report,
    plannedMemory: plan.figures.memoryLimit.value,
    endsWhenIdle: tasks.kind !== 'intake',
  });
  const { logError } = ended.exit;
  const conditions =
    logError === undefined ? ended.conditions : `${ended.conditions}\n  The log is not whole: ${logError}.`;
  return { ...end, report, plan, folders, conditions, cpu: ended.cpu };
}

/** A container has its image, whatever became of the sources. */
function requireApp({ worker, folder, container }: RunRequest): void {
  const problem = container === undefined ? appFolderProblem(worker.app, { folder }) : undefined;
  if (problem !== undefined) throw new CommandError(`${worker.path}: ${formatProblem(problem)}`);
}

async function runOnMachine({ request, plan, tasks, folders, onLine }: StartedRun): Promise<Ended> {
  const { worker, folder } = request;
  const binary = await buildBinary(
    worker.app.name,
    resolve(folder, worker.app.directory),
    join(folder, '.capstan', 'bin'),
    request.onCompile,
  );
  const input = ('input' in tasks ? tasks.input : undefined) ?? '';
  const contract = runContract(worker, plan, tasks, { ...folders, input });
  writeAtomically(folders.contract, `${JSON.stringify(contract, undefined, 2)}\n`);
  const env = { ...unconfinedEnvironment(plan), CAPSTAN_CONFIG: folders.contract };
  const exit = await runProcess({
    command: binary,
    args: [],
    env,
    log: folders.log,
    onLine,
    install: INSTALL_GO,
    stop: request.stop,
  });
  const cpus = formatQuantity(availableParallelism(), 'cores');
  const conditions = `Ran as a process of this machine with ${cpus}; the plan's limits were not enforced.`;
  return { exit, memoryLimit: undefined, killedForMemory: undefined, cpu: undefined, conditions };
}

function readReport(file: string): WorkerReport | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as WorkerReport) : undefined;
}
