import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dryRun } from '../../cluster/dry-run';
import { clusterContext } from '../../cluster/kubectl';
import { openCluster } from '../../cluster/open';
import { Resources } from '../../cluster/resources';
import { CommandError, EXIT, type ExitCode } from '../../command-error';
import { type ObjectChange, titleOf } from '../../diff/change';
import { judge } from '../../diff/compare';
import { textsIn } from '../../diff/read-manifests';
import { identityOf } from '../../synth/identity';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { type Comparison, comparisonsAsJson, comparisonsAsText } from '../diff-output';
import { planTable, planTableText, profilesOf } from '../diff-plan';
import { changesOf, oneEnvironment, sidesOf, type WantedSides } from '../diff-sides';
import { asJson, layoutOf, type Output } from '../output';
import { readLoad } from '../simulate-load';

interface DiffOptions extends GlobalOptions {
  readonly git?: string;
  readonly from?: string;
  readonly to?: string;
  readonly context?: string;
  readonly fieldManager?: string;
  readonly plan?: boolean;
  readonly load?: string;
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

/** Adds `capstan diff`. */
export function addDiff(program: Command, context: CommandContext): void {
  const { folder, output } = context;
  program
    .command('diff')
    .summary('show what manifests change in a cluster, and what that does to pods that run')
    .description(
      'Compares the manifests that are written with a cluster (by a dry run on its side), with those of a commit or with another folder, and groups what differs by what it does to pods that run: replace, restart, resize, nothing.',
    )
    .argument('[environment]', 'which one (default: environment of cdk8s.yaml)')
    .option('--git <commit>', 'compare with the manifests of this commit instead of a cluster')
    .option('--from <folder>', 'compare with the manifests in this folder instead of a cluster')
    .option(
      '--to <folder>',
      'folder of the manifests that are to come (default: output of cdk8s.yaml, or dist)',
    )
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option(
      '--field-manager <name>',
      'in whose name the dry run is (default: whoever applied the object last)',
    )
    .option(
      '--plan',
      'with --git or --from: a Markdown table of replicas, pod-hours, peak concurrency and risk',
    )
    .option('--load <file>', 'with --plan: play this load on both sides; CSV, or JSON of Prometheus')
    .option('--exit-code', 'exit code 4 when there are differences')
    .option('--json', 'print JSON: a list of comparisons')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan diff dev\n' +
        '  capstan diff production --context production --exit-code\n' +
        '  capstan diff --git origin/main\n' +
        '  capstan diff production --git origin/main --plan --load day.csv\n' +
        "  capstan diff dev --json | jq '.[0].summary'",
    )
    .action(async (environment: string | undefined, _: DiffOptions, command: Command) => {
      const options = command.optsWithGlobals<DiffOptions>();
      const place = placeOf(folder, environment, options);
      if (options.plan === true || options.load !== undefined) {
        await showPlan(place, options, output);
        return;
      }
      const comparisons = await compare(place, options);
      output.out(
        options.json ? comparisonsAsJson(comparisons) : comparisonsAsText(comparisons, layoutOf(output)),
      );
      conclude(comparisons, options);
    });
}

/** Where the manifests are. */
interface Place {
  readonly folder: string;
  readonly to: string;
  readonly environment: string | undefined;
}

/** A comparison of two folders needs no program. */
function placeOf(folder: string, environment: string | undefined, { app, from, to }: DiffOptions): Place {
  if (to !== undefined && from !== undefined) return { folder, to, environment };
  const project = readProjectConfig(folder, app);
  return { folder, to: to ?? project.output, environment: environment ?? project.environment };
}

function compare(place: Place, options: DiffOptions): Promise<Comparison[]> {
  const from = fromOf(options);
  if (from === undefined) return compareWithCluster(place, options);
  const sides = sidesOf({ ...place, from });
  return Promise.resolve(sides.map((it) => ({ ...it, changes: changesOf(it), refused: [] })));
}

/** The manifests that are compared with; `undefined`: a cluster is. */
function fromOf({ git, from }: DiffOptions): WantedSides['from'] | undefined {
  if (git !== undefined && from !== undefined) {
    throw new CommandError('Compare with one thing: --git COMMIT, or --from FOLDER.');
  }
  if (git !== undefined) return { commit: git };
  return from === undefined ? undefined : { folder: from };
}

async function showPlan(place: Place, options: DiffOptions, output: Output): Promise<void> {
  const from = fromOf(options);
  if (from === undefined) {
    throw new CommandError(
      '--plan must be used with --git COMMIT or --from FOLDER, got none: it compares manifests.',
    );
  }
  const load = options.load === undefined ? undefined : readLoad(place.folder, options.load);
  const profiles = load === undefined ? {} : await profilesOf(place.folder, options.app, place.environment);
  const tables = sidesOf({ ...place, from }).map((sides) => planTable(sides, profiles, load));
  output.out(options.json === true ? asJson(tables) : tables.map(planTableText).join('\n\n'));
}

async function compareWithCluster(place: Place, options: DiffOptions): Promise<Comparison[]> {
  const { folder, to } = place;
  const choice = options.context === undefined ? {} : { context: options.context };
  const { environment, documents } = oneEnvironment(textsIn(resolve(folder, to)), place.environment);
  const { name, namespace } = await clusterContext(choice);
  const api = await openCluster(choice);
  try {
    const resources = new Resources(api, namespace);
    const manager = options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager };
    const { pairs, refused } = await dryRun(documents, { api, resources, choice, ...manager });
    const changes: ObjectChange[] = judge(pairs, documents);
    return [
      {
        from: `the cluster ${name}`,
        to,
        ...(environment !== undefined && { environment }),
        after: documents,
        changes,
        refused: refused.map(({ document, why }) => ({ object: titleOf(identityOf(document)), why })),
      },
    ];
  } finally {
    api.close();
  }
}

function conclude(comparisons: readonly Comparison[], { exitCode }: DiffOptions): void {
  const refused = comparisons.flatMap((it) => it.refused);
  if (refused.length > 0)
    throw new CommandError(`The cluster refuses ${refused.length} of the objects.`, EXIT.failed);
  if (exitCode !== true || comparisons.every(({ changes }) => changes.length === 0)) return;
  throw new CommandError('There are differences.', EXIT.different satisfies ExitCode);
}
