import type { Command } from 'commander';
import { CommandError } from '../../command-error';
import { staleProfile } from '../../measure/profile-file';
import type { AroundModel, ServiceModel, WorkerModel } from '../../model';
import { FIGURE_NAMES, type Figure, SERVICE_FIGURE_NAMES, ServicePlan } from '../../plan';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { inEnvironment, selectWorkload } from '../select';

interface PlanOptions extends GlobalOptions {
  readonly explain?: string;
  readonly environment?: string;
  readonly json?: boolean;
}

/** Adds `capstan plan`. */
export function addPlan(program: Command, { folder, output }: CommandContext): void {
  program
    .command('plan')
    .summary('show the numbers of workers, services and surrounded Deployments, and their reasons')
    .description(
      'Shows every number that Capstan derives for a worker, a service or a Deployment that Worker.around plans, with its reason.',
    )
    .argument('[name]', 'name or path of one of them (default: all)')
    .addOption(environmentOption())
    .option('--explain <figure>', 'only this figure, such as memoryLimit or develop.memoryLimit')
    .option('--json', 'print JSON: an object of plans by path')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan plan\n' +
        '  capstan plan --explain develop.gracePeriod\n' +
        '  capstan plan develop --explain memoryLimit\n' +
        '  capstan plan --json | jq \'."darkroom/develop".figures.poolSlots.value\'',
    )
    .action(async (name: string | undefined, _: PlanOptions, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const { of, figure } = explained(options.explain, name);
      const project = readProjectConfig(folder, options.app);
      const model = await loadSoundProgram(project.app, folder);
      const all: readonly Planned[] = [...model.workers, ...model.services, ...model.around];
      const known = inEnvironment(all, options.environment ?? project.environment);
      const chosen = of === undefined ? known : [selectWorkload(known, of)];
      const planned = figure === undefined ? chosen : withFigure(chosen, figure);
      for (const line of staleProfiles(planned, folder)) output.err(line);
      output.out(options.json ? plansAsJson(planned, figure) : plansAsText(planned, figure));
    });
}

/** A worker, a service or a program that `Worker.around` plans. */
type Planned = WorkerModel | ServiceModel | AroundModel;

/** What is said of profiles that were measured with other sources than those that are there now. */
function staleProfiles(planned: readonly Planned[], folder: string): string[] {
  const lines = planned.flatMap((it) =>
    'profile' in it && it.profile !== undefined ? (staleProfile(it.app, folder, it.profile) ?? []) : [],
  );
  return [...new Set(lines)];
}

const KNOWN_FIGURES = [...new Set([...FIGURE_NAMES, ...SERVICE_FIGURE_NAMES])];

type KnownFigure = (typeof KNOWN_FIGURES)[number];

/** What `--explain` asks for: a figure, or one of a worker or service that it names as well. */
function explained(wanted: string | undefined, name: string | undefined) {
  const dot = wanted?.lastIndexOf('.') ?? -1;
  if (wanted === undefined || dot < 0) return { of: name, figure: figureName(wanted) };
  const of = wanted.slice(0, dot);
  if (name !== undefined && name !== of) {
    throw new CommandError(`--explain must be about ${name}, got ${wanted}. Name one of them only.`);
  }
  return { of, figure: figureName(wanted.slice(dot + 1)) };
}

function figureName(wanted: string | undefined): KnownFigure | undefined {
  if (wanted === undefined) return undefined;
  const found = KNOWN_FIGURES.find((name) => name === wanted);
  if (found === undefined)
    throw new CommandError(`Unknown figure ${wanted}. Known are: ${KNOWN_FIGURES.join(', ')}.`);
  return found;
}

/** Those whose plans have a figure: workers and services have some that the others lack. */
function withFigure(planned: readonly Planned[], figure: KnownFigure): Planned[] {
  const found = planned.filter(({ plan }) => namesOf(plan).includes(figure));
  const [only] = planned;
  if (found.length > 0 || only === undefined) return found;
  const names = namesOf(only.plan).join(', ');
  throw new CommandError(`The plan of ${only.name} has no ${figure}. It has: ${names}.`);
}

function namesOf(plan: Planned['plan']): readonly string[] {
  return plan instanceof ServicePlan ? SERVICE_FIGURE_NAMES : FIGURE_NAMES;
}

function plansAsText(planned: readonly Planned[], figure: KnownFigure | undefined): string {
  return planned.map(({ path, plan }) => `${path}\n${indent(reasonsOf(plan, figure))}`).join('\n\n');
}

function reasonsOf(plan: Planned['plan'], figure: KnownFigure | undefined): string {
  return plan instanceof ServicePlan
    ? plan.explain(SERVICE_FIGURE_NAMES.find((name) => name === figure))
    : plan.explain(FIGURE_NAMES.find((name) => name === figure));
}

function plansAsJson(planned: readonly Planned[], figure: KnownFigure | undefined): string {
  const plans = planned.map(({ path, plan }) => {
    const figures: Partial<Record<string, Figure>> = plan.figures;
    return [path, figure === undefined ? plan : { figures: { [figure]: figures[figure] } }];
  });
  return asJson(Object.fromEntries(plans));
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
