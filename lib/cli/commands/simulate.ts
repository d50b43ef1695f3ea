import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error';
import { playScenario } from '../../plan';
import { simulationsCsv } from '../../plot/simulation-csv';
import { simulationText } from '../../plot/simulation-text';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { readScenarioFile } from '../scenario-file';
import { scenariosAsJson, scenariosAsText } from '../scenario-output';
import { readLoad, simulateProgram } from '../simulate-load';

interface SimulateOptions extends GlobalOptions {
  readonly scenario?: string;
  readonly load?: string;
  readonly worker?: string;
  readonly environment?: string;
  readonly late?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** What a plot has where nobody says how wide the terminal is. */
const PLAIN = { columns: 80, colors: false };
const PLOT_LINES = 4;

/** Adds `capstan simulate`. */
export function addSimulate(program: Command, context: CommandContext): void {
  program
    .command('simulate')
    .summary('play workers along a load, or what an autoscaler does')
    .description(
      'Plays workers along a load by the manifests of the program: replicas, backlog, waits, and what goes wrong. With --scenario it replays what the HorizontalPodAutoscaler controller of Kubernetes 1.37 does, sync by sync.',
    )
    .option('--load <file>', 'CSV with time,rate (tasks/s), or the JSON of a range query of Prometheus')
    .option('--worker <name>', 'only this worker (default: all that an autoscaler scales)')
    .addOption(environmentOption())
    .option('--late <seconds>', 'a task that waits longer is late (default: scale.drainWithin)', parseSeconds)
    .addOption(
      new Option(
        '--scenario <file>',
        'JSON: a scenario of one autoscaler, or a list (docs/autoscaler.md)',
      ).conflicts(['load', 'worker', 'environment', 'late', 'csv']),
    )
    .option('--json', 'print JSON: totals, moments and steps of each worker, or rows of each scenario')
    .addOption(new Option('--csv', 'print CSV: one line for each step of 15 s').conflicts('json'))
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan simulate --load day.csv --worker develop\n' +
        '  capstan simulate --load day.csv --csv > steps.csv\n' +
        "  capstan simulate --load day.csv --json | jq '.[0].totals.waitP99Seconds'\n" +
        '  capstan simulate --scenario burst.json --json',
    )
    .action(async (_: SimulateOptions, command: Command) => {
      const options = command.optsWithGlobals<SimulateOptions>();
      if (options.scenario !== undefined) return playScenarios(context, options.scenario, options);
      if (options.load !== undefined) return simulateLoad(context, options.load, options);
      throw new CommandError('Say what to simulate: --load FILE, or --scenario FILE.');
    });
}

function parseSeconds(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new InvalidArgumentError('It must be a number of seconds, 0 or more.');
  }
  return seconds;
}

function playScenarios({ folder, output }: CommandContext, file: string, { json }: SimulateOptions): void {
  const played = readScenarioFile(folder, file).map((read) => ({
    scenario: read,
    rows: playScenario(read),
  }));
  output.out(json === true ? scenariosAsJson(played) : scenariosAsText(played));
}

async function simulateLoad(
  { folder, output }: CommandContext,
  file: string,
  { app, worker, environment, late, json, csv }: SimulateOptions,
): Promise<void> {
  const load = readLoad(folder, file);
  const project = readProjectConfig(folder, app);
  const model = await loadSoundProgram(project.app, folder, { withDocuments: true });
  const where = environment ?? project.environment;
  const workers = simulateProgram(model, {
    load,
    ...(worker !== undefined && { worker }),
    ...(where !== undefined && { environment: where }),
    ...(late !== undefined && { lateSeconds: late }),
  });
  if (json === true) output.out(asJson(workers));
  else if (csv === true) output.out(simulationsCsv(workers));
  else {
    const { columns, colors } = output.terminal ?? PLAIN;
    const style = { width: Math.min(columns, 120), height: PLOT_LINES, colors };
    output.out(workers.map((it) => simulationText(it, style)).join('\n\n'));
  }
}
