import type { Command } from 'commander';
import { CommandError } from '../../command-error';
import { playScenario } from '../../plan';
import type { CommandContext, GlobalOptions } from '../context';
import { readScenarioFile } from '../scenario-file';
import { scenariosAsJson, scenariosAsText } from '../scenario-output';

interface SimulateOptions extends GlobalOptions {
  readonly scenario?: string;
  readonly json?: boolean;
}

/** Adds `capstan simulate`. */
export function addSimulate(program: Command, { folder, output }: CommandContext): void {
  program
    .command('simulate')
    .summary('replay what the autoscaler does')
    .description('Replays what the HorizontalPodAutoscaler controller of Kubernetes 1.37 does, sync by sync.')
    .option('--scenario <file>', 'JSON: a scenario of one autoscaler, or a list (docs/autoscaler.md)')
    .option('--json', 'print JSON: for each scenario its name and one row a sync')
    .addHelpText('after', '\nExamples:\n  capstan simulate --scenario burst.json --json')
    .action((_: SimulateOptions, command: Command) => {
      const { scenario, json } = command.optsWithGlobals<SimulateOptions>();
      if (scenario === undefined) throw new CommandError('Say what to simulate: --scenario FILE.');
      const played = readScenarioFile(folder, scenario).map((read) => ({
        scenario: read,
        rows: playScenario(read),
      }));
      output.out(json === true ? scenariosAsJson(played) : scenariosAsText(played));
    });
}
