// Kubernetes on this machine, from programs that tools/ builds: `npm run cluster -- COMMAND`.
import { Command, InvalidArgumentError } from 'commander';
import { ADDONS } from './addons/all';
import { down } from './down';
import { whileHolding } from './lock';
import { serveImage } from './registry';
import { adminConfig, allClusters } from './state';
import { statusOf, statusText } from './status';
import { Progress, StepError } from './step';
import { add, runningCluster, up } from './up';

const NAME = ['--name <name>', 'name of the cluster: several stand side by side', 'capstan'] as const;

interface UpOptions {
  readonly name: string;
  readonly nodes: number;
  readonly real?: boolean;
  readonly with: readonly string[];
  readonly autoscalerSeconds: number;
}

function commands(): Command {
  const program = new Command('cluster').description('Kubernetes on this machine.');
  program
    .command('up')
    .description('Brings a cluster up and prints what a shell has to export; one of this name is replaced.')
    .option(...NAME)
    .option('--nodes <count>', 'simulated nodes, whose pods run nothing', count, 0)
    .option('--real', 'make this machine a node, which runs pods (root; one such cluster on a machine)')
    .option('--with <add-ons>', 'add-ons, separated by commas', list, [])
    .option('--autoscaler-seconds <seconds>', 'how often the autoscaler looks', count, 15)
    .action(async (options: UpOptions) => {
      const { name, nodes, real = false, with: addons, autoscalerSeconds } = options;
      const progress = new Progress();
      const wanted = { name, simulatedNodes: nodes, hasRealNode: real, addons, autoscalerSeconds };
      const cluster = await up(wanted, progress);
      progress.say('up');
      console.log(`export KUBECONFIG=${adminConfig(cluster)} PATH=${cluster.programs}:$PATH`);
    });
  program
    .command('down')
    .description('Takes a cluster down, in whatever state it is, and all that it made of this machine.')
    .option(...NAME)
    .option('--all', 'every cluster of this user')
    .action(async ({ name, all = false }: { name: string; all?: boolean }) => {
      const progress = new Progress();
      const names = all ? allClusters().map((it) => it.name) : [name];
      for (const one of names) {
        const was = await whileHolding(one, () => down(one, progress));
        if (!was) console.log(`there is no cluster ${one}`);
      }
    });
  program
    .command('add')
    .description(`Brings add-ons to a cluster that is up: ${Object.keys(ADDONS).join(', ')}.`)
    .argument('<add-on...>')
    .option(...NAME)
    .action((names: string[], { name }: { name: string }) => add(name, names, new Progress()));
  program
    .command('serve-image')
    .description('Serves an image to the pods of a cluster.')
    .argument('<layout>', 'folder of an OCI layout, such as .capstan/images/develop')
    .argument('<image...>', 'what manifests call it, without a digest')
    .option(...NAME)
    .action((layout: string, images: string[], { name }: { name: string }) =>
      serveImage(runningCluster(name), layout, images),
    );
  program
    .command('status')
    .description('Shows what runs of a cluster.')
    .option(...NAME)
    .option('--json', 'print JSON')
    .action(async ({ name, json = false }: { name: string; json?: boolean }) => {
      const status = await statusOf(runningCluster(name));
      console.log(json ? JSON.stringify(status, null, 2) : statusText(status));
    });
  return program;
}

function count(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 9999.');
}

function list(text: string): string[] {
  return text.split(',').filter(Boolean);
}

commands()
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof StepError)) throw error;
    console.error(`FAILED: ${error.message}`);
    const lines = error.lastLines();
    if (lines !== '') console.error(lines);
    process.exitCode = 1;
  });
