import type { Command } from 'commander';
import { CommandError } from '../../command-error';
import type { WorkerModel } from '../../model';
import { FIGURE_NAMES, type FigureName } from '../../plan';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { inEnvironment, selectWorker } from '../select';

interface PlanOptions extends GlobalOptions {
  readonly explain?: string;
  readonly environment?: string;
  readonly json?: boolean;
}

/** Adds `capstan plan`. */
export function addPlan(program: Command, { folder, output }: CommandContext): void {
  program
    .command('plan')
    .summary('show the numbers of workers and their reasons')
    .description('Shows every number that Capstan derives for a worker, with its reason.')
    .argument('[worker]', 'name or path of one worker (default: all)')
    .addOption(environmentOption())
    .option('--explain <figure>', 'only this figure, such as memoryLimit')
    .option('--json', 'print JSON: an object of plans by path of the worker')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan plan\n' +
        '  capstan plan develop --explain memoryLimit\n' +
        '  capstan plan --json | jq \'."darkroom/develop".figures.poolSlots.value\'',
    )
    .action(async (name: string | undefined, _: PlanOptions, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const figure = figureName(options.explain);
      const project = readProjectConfig(folder, options.app);
      const model = await loadSoundProgram(project.app, folder);
      const known = inEnvironment(model.workers, options.environment ?? project.environment);
      const workers = name === undefined ? known : [selectWorker(known, name)];
      output.out(options.json ? plansAsJson(workers, figure) : plansAsText(workers, figure));
    });
}

function figureName(wanted: string | undefined): FigureName | undefined {
  if (wanted === undefined) return undefined;
  const found = FIGURE_NAMES.find((name) => name === wanted);
  if (found === undefined)
    throw new CommandError(`Unknown figure ${wanted}. Known are: ${FIGURE_NAMES.join(', ')}.`);
  return found;
}

function plansAsText(workers: readonly WorkerModel[], figure: FigureName | undefined): string {
  return workers.map(({ path, plan }) => `${path}\n${indent(plan.explain(figure))}`).join('\n\n');
}

function plansAsJson(workers: readonly WorkerModel[], figure: FigureName | undefined): string {
  const plans = workers.map(({ path, plan }) => [
    path,
    figure === undefined ? plan : { figures: { [figure]: plan.figures[figure] } },
  ]);
  return asJson(Object.fromEntries(plans));
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
