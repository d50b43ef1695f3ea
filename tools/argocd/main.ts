// Argo CD beside a cluster of this machine: `npx tsx tools/argocd/main.ts start|stop [--cluster NAME]`.
import { Command } from 'commander';
import { built } from '../cluster/programs';
import { adminConfig } from '../cluster/state';
import { Progress, StepError } from '../cluster/step';
import { runningCluster } from '../cluster/up';
import { NAMESPACE, startArgoCd, stopArgoCd } from './argocd';

const CLUSTER = ['--cluster <name>', 'the cluster that it is for', 'capstan'] as const;

function commands(): Command {
  const program = new Command('argocd').description('Argo CD beside a cluster of this machine.');
  program
    .command('start')
    .description(
      'Starts its controllers, its repo server and Redis, on loopback; it ends with the cluster at the latest.',
    )
    .option(...CLUSTER)
    .action(async (options: { cluster: string }) => {
      const progress = new Progress();
      const cluster = runningCluster(options.cluster);
      const programs = { folder: await built('argocd/build.sh'), redis: await built('servers/redis.sh') };
      await stopArgoCd(cluster);
      await startArgoCd(cluster, programs);
      progress.say('Argo CD is ready');
      console.log(
        `export KUBECONFIG=${adminConfig(cluster)}; kubectl get applications --namespace ${NAMESPACE}`,
      );
    });
  program
    .command('stop')
    .description('Ends it; what it has deployed stays.')
    .option(...CLUSTER)
    .action(async (options: { cluster: string }) => stopArgoCd(runningCluster(options.cluster)));
  return program;
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
