import { relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { buildAppImage } from '../../codegen/image-build';
import { hashImageInputs } from '../../codegen/image-inputs';
import { CommandError, EXIT } from '../../command-error';
import { defaultLevels } from '../../measure/levels';
import { type MeasureRequest, measureWorker } from '../../measure/measure-worker';
import { measuredInputs, profileOf, staleProfile, writeProfile } from '../../measure/profile-file';
import { measurementText } from '../../measure/text';
import type { ProgramModel, WorkerModel } from '../../model';
import { formatQuantity } from '../../plan/format';
import type { MeasuredRun } from '../../plan/measure/run';
import { unconfinedReason } from '../../run/runc/container';
import { type Settings, withSettings } from '../../run/settings';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { parseCores, parseCount } from '../quantities';
import { inEnvironment, selectApps, usesOf } from '../select';
import { workerOfApp, workersOfApp } from '../select-app';
import { addSetting } from '../setting';

interface MeasureOptions extends GlobalOptions {
  readonly environment?: string;
  readonly input?: string;
  readonly seed?: readonly string[];
  readonly levels?: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly cpu?: number;
  readonly set?: Settings;
  readonly check?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  sudo capstan measure apps/develop --input examples/photos
  sudo capstan measure apps/crawl --seed http://localhost:8000/ --set perHost=128
  capstan measure apps/develop --input examples/photos --levels 1,2,4 --rounds 5
  capstan measure --check

Writes profile.json into the folder of the app; TaskProfile.fromFile reads it.`;

/** Adds `capstan measure`. */
export function addMeasure(program: Command, context: CommandContext): void {
  program
    .command('measure')
    .summary('find what tasks cost, by running the worker at rising concurrency')
    .description(
      'Runs a worker at rising concurrency, under runc where it can, and writes what its tasks cost into the profile.json of its app: CPU, waiting, memory, start and drain, with 95 % intervals, and where more tasks at the same time slow each other down.',
    )
    .argument('[app]', 'folder of the app, or name or path of a worker')
    .addOption(environmentOption())
    .option('-i, --input <folder>', 'folder whose files are the tasks')
    .option('--seed <task...>', 'tasks, each a JSON document or a URL, instead of --input')
    .option(
      '--levels <counts>',
      'tasks at the same time, such as 1,2,4 (default: 1 to twice the planned slots)',
      parseLevels,
    )
    .option('--rounds <count>', 'rounds over all of them, 2 or more', parseRounds, 3)
    .option('--seconds <seconds>', 'most seconds of a run', parseCount, 10)
    .option('--cpu <cores>', "CPU limit under runc (default: the plan's)", parseCores)
    .option('--set <name=value>', "one of the handler's own settings, several times", addSetting)
    .option('--check', 'measure nothing; exit code 3 when a profile.json is of other sources')
    .option('--json', 'print the profile as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (wanted: string | undefined, _: MeasureOptions, command: Command) => {
      const options = command.optsWithGlobals<MeasureOptions>();
      const project = readProjectConfig(context.folder, options.app);
      const model = await loadSoundProgram(project.app, context.folder);
      const workers = inEnvironment(model.workers, options.environment ?? project.environment);
      if (options.check === true) return check(workers, wanted, context);
      if (wanted === undefined) {
        throw new CommandError('Say what to measure: the folder of an app, or the name of a worker.');
      }
      return measure(workerOfApp(workers, wanted), options, model, context);
    });
}

function parseLevels(text: string): number[] {
  const levels = [...new Set(text.split(',').map((it) => parseCount(it.trim())))].sort((a, b) => a - b);
  if (levels.length < 2) throw new InvalidArgumentError('It must be two counts or more, such as 1,2,4.');
  return levels;
}

function parseRounds(text: string): number {
  const rounds = parseCount(text);
  if (rounds < 2) throw new InvalidArgumentError('It must be 2 or more: one run has no interval.');
  return rounds;
}

/** Says which profiles were measured with other sources than those that are there now. */
function check(
  workers: readonly WorkerModel[],
  wanted: string | undefined,
  { folder, output }: CommandContext,
): void {
  const chosen = wanted === undefined ? workers : workersOfApp(workers, wanted);
  if (wanted !== undefined && chosen.length === 0) workerOfApp(workers, wanted);
  const apps = [...new Map(chosen.map(({ app }) => [app.name, app])).values()];
  const stale = apps.flatMap((app) => {
    const file = 'profile.json';
    const inputs = measuredInputs(resolve(folder, app.directory, file));
    if (inputs === undefined) return [];
    const line = staleProfile(app, folder, { file, inputs });
    if (line === undefined) output.err(`${app.name}  ${file} is of these sources`);
    return line ?? [];
  });
  if (stale.length > 0) throw new CommandError(stale.join('\n'), EXIT.stale);
}

async function measure(
  model: WorkerModel,
  options: MeasureOptions,
  program: ProgramModel,
  { folder, output }: CommandContext,
): Promise<void> {
  const worker = withSettings(model, options.set ?? {});
  const { name } = worker.app;
  const directory = resolve(folder, worker.app.directory);
  const onCompile = () => output.err(`${name}  compiling ...`);
  const reason = unconfinedReason();
  if (reason === undefined) {
    // As all environments use the app: its main brings along what any of them needs.
    for (const app of selectApps(usesOf(program), [name])) {
      await buildAppImage(app, { folder, lockFile: program.images.lockFile, onBuild: onCompile });
    }
  } else {
    output.err(`${name}  runs as a plain process without limits: runc cannot be used here, ${reason}`);
  }
  const inputs = hashImageInputs({ name, directory });
  const measurement = await measureWorker(requestOf(worker, options, folder, { onCompile, onRun }));
  const profile = profileOf(worker, inputs, measurement);
  const file = resolve(directory, 'profile.json');
  writeProfile(file, profile);
  if (options.json === true) output.out(asJson(profile));
  else {
    const text = measurementText(profile, measurement.cores, worker.spec.task);
    output.out(
      `${worker.path}\n\n${text}\n\n${relative(folder, file)} written. ${nextStep(relative(folder, file))}`,
    );
  }

  function onRun(run: MeasuredRun, done: number, of: number): void {
    const { concurrency, tasks, wallSeconds } = run;
    const said =
      concurrency === 0
        ? 'idle'
        : `${concurrency} at the same time, ${formatQuantity(tasks / wallSeconds, 'tasks/s')}`;
    output.err(`${name}  run ${done} of ${of}: ${said}`);
  }
}

function requestOf(
  worker: WorkerModel,
  options: MeasureOptions,
  folder: string,
  told: Pick<MeasureRequest, 'onRun' | 'onCompile'>,
): MeasureRequest {
  const { input, seed, rounds, seconds, cpu } = options;
  const levels = options.levels ?? defaultLevels(worker.plan.figures.poolSlots.value);
  return { worker, folder, input, seeds: seed, levels, rounds, seconds, cpuCores: cpu, ...told };
}

function nextStep(file: string): string {
  return `Use it with task: TaskProfile.fromFile('${file}').`;
}
