import type { Command } from 'commander';
import { driftOfApp, generateApp } from '../../codegen/generate-app';
import { CommandError, EXIT } from '../../command-error';
import type { AppModel, ProgramModel } from '../../model';
import { formatTreeProblem } from '../../spec-error';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { loadProgram } from '../load-program';
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
        'A handler that is there is never touched. Problems of the program that are not about these apps are listed, ' +
        'and stop nothing.',
    )
    .argument('[app...]', 'names of apps (default: all)')
    .option('--check', 'write nothing; exit code 3 when something is stale')
    .addHelpText('after', '\nExamples:\n  capstan generate\n  capstan generate --check')
    .action(async (names: string[], _: GenerateOptions, command: Command) => {
      const options = command.optsWithGlobals<GenerateOptions>();
      const model = await loadProgram(readProjectConfig(folder, options.app).app, folder);
      const apps = selectApps(usesOf(model), names);
      checkApps(model, apps);
      for (const problem of model.problems) output.err(formatTreeProblem(problem));
      const files = apps.flatMap((app) => (options.check ? driftOfApp : generateApp)(folder, app));
      if (options.check && files.length > 0) {
        const list = files.map((file) => `  ${file}`).join('\n');
        throw new CommandError(`Stale files:\n${list}\nRun \`npx capstan generate\`.`, EXIT.stale);
      }
      for (const file of files) output.err(`${file} written`);
      if (files.length === 0)
        output.err(`${apps.length === 1 ? '1 app is' : `${apps.length} apps are`} up to date`);
    });
}

/**
 * What is generated follows from the app, and from which clients its users need: numbers, names and other constructs
 * may be wrong.
 *
 * @throws CommandError with what is wrong with the apps themselves
 */
function checkApps(model: ProgramModel, apps: readonly AppModel[]): void {
  const names = new Set(apps.map(({ name }) => name));
  const users = new Set(usesOf(model).flatMap(({ path, app }) => (names.has(app.name) ? [path] : [])));
  const found = model.problems.filter(
    ({ path, message }) => users.has(path) && /^(app|source)\b/.test(message),
  );
  if (found.length > 0) throw new CommandError(found.map(formatTreeProblem).join('\n'));
}
