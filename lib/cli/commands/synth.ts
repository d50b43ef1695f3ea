import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { runToEnd } from '../../child-process';
import { CommandError, EXIT } from '../../command-error';
import { readProjectConfig } from '../app-command';
import { differingFiles } from '../compare-folders';
import type { CommandContext, GlobalOptions } from '../context';
import { programError } from '../load-program';
import type { Output } from '../output';

interface SynthOptions extends GlobalOptions {
  readonly output?: string;
  readonly check?: boolean;
}

const SYNTH_SECONDS = 300;

/** Adds `capstan synth`. */
export function addSynth(program: Command, { folder, output }: CommandContext): void {
  program
    .command('synth')
    .summary('write the manifests')
    .description('Runs your program, which checks everything and then writes the manifests.')
    .option('-o, --output <folder>', 'folder of the manifests (default: output of cdk8s.yaml, or dist)')
    .option('--check', 'write nothing; exit code 3 when the manifests are stale')
    .addHelpText('after', '\nExamples:\n  capstan synth\n  capstan synth --check')
    .action(async (_: SynthOptions, command: Command) => {
      const options = command.optsWithGlobals<SynthOptions>();
      const config = readProjectConfig(folder, options.app);
      const target = options.output ?? config.output;
      if (options.check) await check(config.app, folder, target, output);
      else await synthesize(config.app, folder, target, output);
      output.err(`${target}/ ${options.check ? 'is up to date' : 'written'}`);
    });
}

// CDK8S_OUTDIR is how cdk8s-cli itself tells a program where to write.
async function synthesize(app: string, folder: string, target: string, output: Output): Promise<void> {
  const env = { CDK8S_OUTDIR: target };
  const ended = await runToEnd({
    command: app,
    args: [],
    cwd: folder,
    shell: true,
    env,
    timeoutSeconds: SYNTH_SECONDS,
  });
  if (ended.code !== 0) throw programError(app, ended);
  if (ended.stderr !== '') output.err(ended.stderr.trimEnd());
}

async function check(app: string, folder: string, target: string, output: Output): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), 'capstan-synth-'));
  try {
    await synthesize(app, folder, fresh, output);
    const stale = differingFiles(resolve(folder, target), fresh);
    if (stale.length > 0) {
      const list = stale.map((file) => `  ${join(target, file)}`).join('\n');
      throw new CommandError(
        `Stale manifests:\n${list}\nRun \`npx capstan synth\` and commit them.`,
        EXIT.stale,
      );
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
