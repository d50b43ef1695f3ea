import { type Command, InvalidArgumentError } from 'commander';
import { planModelCapacity } from '../../capacity/plan-model';
import { CommandError } from '../../command-error';
import type { ClusterModel } from '../../model';
import { type CapacityReport, capacityText, STRATEGIES, type Strategy } from '../../plan';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { readPrices } from '../prices-file';

interface CapacityCommandOptions extends GlobalOptions {
  readonly environment?: string;
  readonly prices?: string;
  readonly strategy: Strategy;
  readonly rollingUpdates: boolean;
  readonly json?: boolean;
}

/** Adds `capstan capacity`. */
export function addCapacity(program: Command, { folder, output }: CommandContext): void {
  program
    .command('capacity')
    .summary('show whether everything fits the node pools, and how many nodes that takes')
    .description(
      'Places every pod that an environment may have at the same time on its node pools, as kube-scheduler would, and shows what does not fit and why, how many nodes are needed, how they are used and what they cost.',
    )
    .addOption(environmentOption())
    .option('--prices <file>', 'YAML or JSON with the prices of your machines')
    .option(
      '--strategy <name>',
      `how nodes are chosen: ${STRATEGIES.join(', ')}`,
      parseStrategy,
      'LeastAllocated',
    )
    .option('--no-rolling-updates', 'leave out the pods that rolling updates add')
    .option('--json', 'print JSON: an object of reports by environment')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan capacity\n' +
        '  capstan capacity --environment production --prices prices.yaml\n' +
        "  capstan capacity --json | jq '.dev.pools[].nodes.needed'",
    )
    .action(async (_: CapacityCommandOptions, command: Command) => {
      const options = command.optsWithGlobals<CapacityCommandOptions>();
      const prices = options.prices === undefined ? undefined : readPrices(folder, options.prices);
      const project = readProjectConfig(folder, options.app);
      const { clusters = [] } = await loadSoundProgram(project.app, folder, { withDocuments: true });
      const chosen = withNodes(clusters, options.environment ?? project.environment);
      const { strategy, rollingUpdates } = options;
      const planned = chosen.map((cluster) => {
        const settings = { strategy, rollingUpdates, ...(prices !== undefined && { prices }) };
        return [cluster.environmentName, planModelCapacity(cluster, settings)] as const;
      });
      output.out(options.json ? asJson(Object.fromEntries(planned)) : asText(planned));
    });
}

function parseStrategy(text: string): Strategy {
  const found = STRATEGIES.find((it) => it === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${STRATEGIES.join(', ')}.`);
  return found;
}

/** The environments that are meant, as far as they name their nodes. */
function withNodes(clusters: readonly ClusterModel[], wanted: string | undefined): ClusterModel[] {
  const named = clusters.filter(({ environmentName }) => wanted === undefined || environmentName === wanted);
  if (named.length === 0) throw new CommandError(noneNamed(clusters, wanted));
  const chosen = named.filter(({ nodePools }) => nodePools.length > 0);
  if (chosen.length > 0) return chosen;
  const of = named.map(({ environmentName }) => environmentName).join(', ');
  throw new CommandError(
    `nodePools must be described, got none of ${of}. Describe them where the Environment is made.`,
  );
}

function noneNamed(clusters: readonly ClusterModel[], wanted: string | undefined): string {
  if (wanted === undefined) {
    return (
      'capacity must have an Environment with nodePools, got a program without one. Make one, ' +
      "`new Environment(app, 'dev', { namespace: 'shop', nodePools: [...] })`, with the charts in it (docs/capacity.md)."
    );
  }
  const names = clusters.map(({ environmentName }) => environmentName);
  const known = names.length === 0 ? 'The program has none.' : `Known are: ${names.join(', ')}.`;
  return `Unknown environment ${wanted}. ${known}`;
}

function asText(planned: readonly (readonly [string, CapacityReport])[]): string {
  return planned
    .map(([name, report]) => `${name}\n${capacityText(report).replace(/^(?=.)/gm, '  ')}`)
    .join('\n\n');
}
