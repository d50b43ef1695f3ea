import type { Command } from 'commander';
import { driftOfApp, generateApp } from '../../codegen/generate-app';
import { CommandError, EXIT } from '../../command-error';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { loadSoundProgram } from '../load-program';
import { selectApps, usesOf } from '../select';

interface GenerateOptions extends GlobalOptions {
  readonly check?: boolean;
}

/** Adds `capstan generate`. */
export function addGenerate(program: Command, { folder, output }: CommandContext): void {
  program
    .command('generate')
    .summary("write the generated part of the program's Go apps")
    .description(
      "Writes each Go app's main, and its go.mod, go.sum and a handler to begin with where they are missing. " +
        'A handler that is there is never touched.',
    )
    .argument('[app...]', 'names of apps (default: all)')
    .option('--check', 'write nothing; exit code 3 when something is stale')
    .addHelpText('after', '\nExamples:\n  capstan generate\n  capstan generate --check')
    .action(async (names: string[], _: GenerateOptions, command: Command) => {
      const options = command.optsWithGlobals<GenerateOptions>();
      const model = await loadSoundProgram(readProjectConfig(folder, options.app).app, folder);
      const apps = selectApps(usesOf(model), names);
      const files = apps.flatMap((app) => (options.check ? driftOfApp : generateApp)(folder, app));
      if (options.check && files.length > 0) {
        const list = files.map((file) => `  ${file}`).join('\n');
        throw new CommandError(`Stale files:\n${list}\nRun \`npx capstan generate\`.`, EXIT.stale);
      }
      for (const file of files) output.err(`${file} written`);
      if (files.length === 0) output.err(`${apps.length} apps are up to date`);
    });
}
