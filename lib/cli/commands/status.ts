import { type Command, InvalidArgumentError } from 'commander';
import { clusterContext } from '../../cluster/kubectl';
import { openCluster } from '../../cluster/open';
import type { WorkloadStatus } from '../../status/status';
import { statusText } from '../../status/text';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { asJson, layoutOf, type Output } from '../output';
import { Looks } from '../status-looks';
import { plannedTargets } from '../status-targets';
import { watch } from '../watch';

interface StatusOptions extends GlobalOptions {
  readonly environment?: string;
  readonly namespace?: string;
  readonly context?: string;
  readonly plan: boolean;
  readonly watch?: number | true;
  readonly looks?: number;
  readonly json?: boolean;
}

/** Seconds between two looks where nobody says. */
const WATCH_SECONDS = 2;

/** Adds `capstan status`. */
export function addStatus(program: Command, context: CommandContext): void {
  const { folder, output } = context;
  program
    .command('status')
    .summary('show workloads as they are in a cluster, beside their plans')
    .description(
      'Shows the pods of workers, services and other Deployments and StatefulSets: slots, backlog, what their autoscaler wants and what holds it back, rollout, drains, restarts and their cause, and where the cluster deviates from the plan.',
    )
    .argument('[name]', 'name or path of one of them (default: all of the program, or of the namespace)')
    .addOption(environmentOption())
    .option('-n, --namespace <name>', 'all of this namespace, whoever made them')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--no-plan', 'do not run the program: no plans, and all of the namespace')
    .option('-w, --watch [seconds]', 'look again and again (default: every 2 s)', parsePositive)
    .option('--looks <count>', 'end after so many looks', parsePositive)
    .option('--json', 'print JSON: a list of workloads; with --watch one line for each look')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan status develop --watch\n' +
        '  capstan status --namespace shop\n' +
        "  capstan status develop --json | jq '.[0].scaling.held'",
    )
    .action(async (name: string | undefined, _: StatusOptions, command: Command) => {
      await show(name, command.optsWithGlobals<StatusOptions>(), folder, output);
    });
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return value;
}

async function show(
  name: string | undefined,
  options: StatusOptions,
  folder: string,
  output: Output,
): Promise<void> {
  const choice = options.context === undefined ? {} : { context: options.context };
  const context = await clusterContext(choice);
  const namespace = options.namespace ?? context.namespace;
  const { app, environment, json } = options;
  const planned = options.plan ? await plannedTargets({ folder, app, name, environment, namespace }) : [];
  const isOthers = options.namespace !== undefined || planned.length === 0;
  const api = await openCluster(choice);
  try {
    const looks = new Looks(api, { planned, name, ...(isOthers && { namespace }) });
    if (options.watch === undefined) {
      const found = await looks.look();
      output.out(json === true ? asJson(found) : textOf(found, output));
      return;
    }
    const seconds = options.watch === true ? WATCH_SECONDS : options.watch;
    const shown = async () => {
      const found = await looks.look();
      return json === true ? JSON.stringify(found) : `${textOf(found, output)}\n`;
    };
    await watch(shown, { seconds, ...(options.looks !== undefined && { looks: options.looks }) }, output);
  } finally {
    api.close();
  }
}

function textOf(found: readonly WorkloadStatus[], output: Output): string {
  return found.map((it) => statusText(it, layoutOf(output))).join('\n\n');
}
