import { existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { runToEnd } from '../../child-process';
import { CommandError, EXIT } from '../../command-error';
import { MODEL_VARIABLE } from '../../model';
import { BASE_VARIABLE } from '../../synth/committed/baseline';
import { COMPARED_FOLDER_VARIABLE } from '../../synth/committed/compare';
import { RECEIPT_VARIABLE, type Receipt, receiptsIn } from '../../synth/receipt';
import { readProjectConfig } from '../app-command';
import { staleFiles, strayFiles } from '../compare-folders';
import type { CommandContext, GlobalOptions } from '../context';
import { programError } from '../load-program';
import type { Output } from '../output';

interface SynthOptions extends GlobalOptions {
  readonly output?: string;
  readonly check?: boolean;
  readonly base?: string;
}

const SYNTH_SECONDS = 300;

/** Adds `capstan synth`. */
export function addSynth(program: Command, { folder, output }: CommandContext): void {
  program
    .command('synth')
    .summary('write the manifests')
    .description('Runs your program, which checks everything and then writes the manifests.')
    .option('-o, --output <folder>', 'folder of the manifests (default: output of cdk8s.yaml, or dist)')
    .option('--check', 'write nothing; exit code 3 when the manifests are stale, or others are among them')
    .option('--base <commit>', 'compare with the manifests of this commit (default: the last one)')
    .addHelpText(
      'after',
      '\nExamples:\n  capstan synth\n  capstan synth --check\n  capstan synth --check --base origin/main',
    )
    .action(async (_: SynthOptions, command: Command) => {
      const options = command.optsWithGlobals<SynthOptions>();
      const config = readProjectConfig(folder, options.app);
      const target = nonEmpty('--output', options.output, 'Name a folder') ?? config.output;
      const base = nonEmpty('--base', options.base, 'Name a commit');
      const project = {
        app: config.app,
        folder,
        target,
        ...(base !== undefined && { base }),
      };
      if (options.check) await check(project, output);
      else await synthesize(project, target, output);
      output.err(`${target}/ ${options.check ? 'is up to date' : 'written'}`);
    });
}

/** An option that is left out or says something: one that a script left empty does not mean the default. */
function nonEmpty(option: string, value: string | undefined, fix: string): string | undefined {
  if (value?.trim() !== '') return value;
  throw new CommandError(
    `${option} must not be empty, got ${JSON.stringify(value)}. ${fix}, or leave it out.`,
  );
}

/** A program and the manifests that it is to be compared with. */
interface Project {
  readonly app: string;
  /** The folder of the program. */
  readonly folder: string;
  /** The folder of its manifests, relative to that of the program. */
  readonly target: string;
  /** Commit that has the manifests to compare with. */
  readonly base?: string;
}

// CDK8S_OUTDIR is how cdk8s-cli itself tells a program where to write.
async function synthesize(
  { app, folder, target, base }: Project,
  outdir: string,
  output: Output,
): Promise<Receipt[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-receipt-'));
  const receipt = join(scratch, 'folders');
  try {
    const env = {
      CDK8S_OUTDIR: outdir,
      [RECEIPT_VARIABLE]: receipt,
      [MODEL_VARIABLE]: undefined,
      [COMPARED_FOLDER_VARIABLE]: target,
      ...(base !== undefined && { [BASE_VARIABLE]: base }),
    };
    const invocation = { command: app, args: [], cwd: folder, shell: true, env };
    const ended = await runToEnd({ ...invocation, timeoutSeconds: SYNTH_SECONDS });
    if (ended.code !== 0) throw programError(app, ended);
    if (ended.stderr !== '') output.err(ended.stderr.trimEnd());
    const receipts = receiptsIn(receipt);
    requireWritten(app, resolve(folder, outdir), receipts);
    return receipts;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** An exit code of 0 alone does not say that the program wrote anything, nor where. */
function requireWritten(app: string, target: string, receipts: readonly Receipt[]): void {
  const written = receipts.map((receipt) => receipt.folder);
  if (written.length === 0) {
    throw new CommandError(
      `\`${app}\` must make a CapstanApp and call its synth(), got no manifests from it.`,
    );
  }
  if (written.some((folder) => realpathSync(folder) === realPathOf(target))) return;
  throw new CommandError(
    `\`${app}\` must write into the folder that CDK8S_OUTDIR names, got ${written.join(', ')}. ` +
      'Leave out outdir of CapstanApp: it follows --output, and output of cdk8s.yaml.',
  );
}

function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

async function check(project: Project, output: Output): Promise<void> {
  const { folder, target } = project;
  const committed = resolve(folder, target);
  if (existsSync(committed) && !statSync(committed).isDirectory()) {
    throw new CommandError(
      `${target}: must be a folder, got a file. Remove it, or name another with --output.`,
    );
  }
  const fresh = mkdtempSync(join(tmpdir(), 'capstan-synth-'));
  try {
    const receipts = await synthesize(project, fresh, output);
    requireSame(target, staleFiles(committed, fresh), strayFiles(committed, fresh));
    requireUsed(receipts);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function requireSame(target: string, stale: readonly string[], stray: readonly string[]): void {
  const list = (files: readonly string[]) => files.map((file) => `  ${join(target, file)}`);
  const lines = [
    ...(stale.length > 0
      ? ['Stale manifests:', ...list(stale), 'Run `npx capstan synth` and commit them.']
      : []),
    ...(stray.length > 0
      ? [
          'Not of this program, and deployed with its manifests:',
          ...list(stray),
          `Remove them, or keep them outside of ${target}/.`,
        ]
      : []),
  ];
  if (lines.length > 0) throw new CommandError(lines.join('\n'), EXIT.stale);
}

/** The program has listed them. */
function requireUsed(receipts: readonly Receipt[]): void {
  const unused = receipts.reduce((sum, receipt) => sum + receipt.unusedAcknowledgements, 0);
  if (unused === 0) return;
  const [what, them] =
    unused === 1 ? ['1 acknowledgement sets', 'it'] : [`${unused} acknowledgements set`, 'them'];
  throw new CommandError(`${what} nothing aside. Remove ${them}.`, EXIT.stale);
}
