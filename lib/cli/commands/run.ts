import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { imageLayout } from '../../codegen/image-build';
import { resolveImage } from '../../codegen/image-lock';
import { CommandError, type ExitCode } from '../../command-error';
import {
  type AroundModel,
  isService,
  type ProgramModel,
  type ServiceModel,
  type WorkerModel,
} from '../../model';
import { barProgress, lineProgress, NO_PROGRESS, type Progress } from '../../run/progress';
import { type RunResult, runWorker } from '../../run/run-worker';
import { type Settings, withSettings } from '../../run/settings';
import { formatSummary } from '../../run/summary';
import { type ProjectConfig, readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson, type Output } from '../output';
import { parseBytes, parseCores, parseCount } from '../quantities';
import { inEnvironment, selectWorkload } from '../select';
import { addSetting } from '../setting';

interface RunOptions extends GlobalOptions {
  readonly environment?: string;
  readonly input?: string;
  readonly output?: string;
  readonly slots?: number;
  readonly set?: Settings;
  readonly seed?: readonly string[];
  readonly runc?: boolean;
  readonly memory?: number;
  readonly cpu?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  capstan run develop --input photos
  capstan run develop --input photos --output /tmp/thumbnails --slots 4
  capstan run crawl --seed http://localhost:8000/ --set perHost=16
  sudo capstan run develop --input photos --runc --memory 128Mi

Without --input or --seed a worker with a memory source takes tasks over HTTP until it is stopped.
A run that was stopped or killed is taken up by the next one with the same output folder.`;

/** Adds `capstan run`. */
export function addRun(program: Command, context: CommandContext): void {
  const limit = (flags: string, text: string) => new Option(flags, text).implies({ runc: true });
  program
    .command('run')
    .summary('run a worker on this machine, on its embedded queue')
    .description(
      'Runs a worker on this machine, on its embedded queue, with the pool and the bounds of its plan.',
    )
    .argument('<worker>', 'name or path of the worker')
    .addOption(environmentOption())
    .option('-i, --input <folder>', 'folder whose files are the tasks')
    .option('-o, --output <folder>', 'folder for results (default: out/<worker>)')
    .option('--seed <task...>', 'tasks, each a JSON document or a URL, instead of --input')
    .option('--slots <count>', 'tasks that run at the same time (default: as planned)', parseCount)
    .option('--set <name=value>', "one of the handler's own settings, several times", addSetting)
    .option('--runc', "run the built image under runc with the plan's limits (Linux, root)")
    .addOption(limit('--memory <bytes>', 'memory limit under runc, such as 96Mi').argParser(parseBytes))
    .addOption(limit('--cpu <cores>', 'CPU limit under runc, such as 0.5').argParser(parseCores))
    .option('--json', 'print the report, the plan and the files as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _: RunOptions, command: Command) => {
      await run(name, command.optsWithGlobals<RunOptions>(), context);
    });
}

function workerOf(planned: WorkerModel | ServiceModel | AroundModel): WorkerModel {
  if (!('app' in planned)) {
    throw new CommandError(
      `${planned.name} must be a worker, got a Deployment that Worker.around plans. capstan run runs workers.`,
    );
  }
  if (!isService(planned)) return planned;
  throw new CommandError(
    `${planned.name} must be a worker, got a service. capstan run runs workers; start the service with ` +
      `\`go run .\` in ${planned.app.directory}, its configuration named by CAPSTAN_CONFIG.`,
  );
}

async function run(name: string, options: RunOptions, { folder, output }: CommandContext): Promise<void> {
  const project = readProjectConfig(folder, options.app);
  const model = await loadSoundProgram(project.app, folder);
  const all = [...model.workers, ...model.services, ...model.around];
  const known = inEnvironment(all, options.environment ?? project.environment);
  const worker = withSettings(workerOf(selectWorkload(known, name)), options.set ?? {});
  const result = await runWorker({
    worker,
    folder,
    input: options.input,
    output: options.output,
    seeds: options.seed,
    slots: options.slots,
    container: options.runc ? { memoryBytes: options.memory, cpuCores: options.cpu } : undefined,
    progress: () => progressFor(worker.name, options, output),
    onCompile: () => output.err(`${worker.name}  compiling for this machine ...`),
    onIntake: (address) =>
      output.err(`${worker.name}  takes tasks until it is stopped: POST http://${address}/tasks`),
  });
  if (options.json) output.out(resultAsJson(result));
  else if (result.report !== undefined) output.out(`\n${summary(result, worker, model, project, folder)}`);
  if (result.message !== undefined) throw new CommandError(result.message, result.exitCode);
}

function progressFor(name: string, options: RunOptions, output: Output): Progress {
  if (options.json) return NO_PROGRESS;
  return (output.isTerminal ? barProgress : lineProgress)(name, (line) => output.err(line));
}

interface RunJson extends Pick<RunResult, 'report' | 'plan' | 'folders' | 'conditions'> {
  readonly exitCode: ExitCode;
  readonly message?: string;
}

function resultAsJson({ exitCode, message, report, plan, folders, conditions }: RunResult): string {
  const json: RunJson = {
    exitCode,
    ...(message !== undefined && { message }),
    report,
    plan,
    folders,
    conditions,
  };
  return asJson(json);
}

function summary(
  { report, plan, folders, conditions }: RunResult,
  worker: WorkerModel,
  model: ProgramModel,
  project: ProjectConfig,
  folder: string,
): string {
  if (report === undefined) return '';
  const shown = (path: string) => {
    const near = relative(folder, path);
    return near.startsWith('..') ? path : near;
  };
  const app = { ...worker.app, directory: resolve(folder, worker.app.directory) };
  const image = resolveImage(app, resolve(folder, model.images.lockFile));
  const places = [
    ['results', shown(folders.output)],
    ['log', shown(folders.log)],
    ['image', 'reference' in image ? image.reference : `not built. ${image.problem.fix}`],
    ...('reference' in image ? ([['', shown(imageLayout(folder, worker.app.name))]] as const) : []),
    ...(existsSync(join(folder, project.output)) ? ([['manifests', `${project.output}/`]] as const) : []),
  ] as const;
  return `${worker.path}\n\n${formatSummary({ report, plan, task: worker.spec.task, conditions, places })}`;
}
