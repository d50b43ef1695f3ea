import { Command, CommanderError } from 'commander';
import { CommandError, EXIT, messageOf } from '../command-error';
import { SpecError } from '../spec-error';
import { addCapacity } from './commands/capacity';
import { addDiff } from './commands/diff';
import { addGenerate } from './commands/generate';
import { addImage } from './commands/image';
import { addMeasure } from './commands/measure';
import { addPlan } from './commands/plan';
import { addRun } from './commands/run';
import { addSimulate } from './commands/simulate';
import { addStatus } from './commands/status';
import { addSynth } from './commands/synth';
import type { CommandContext } from './context';
import { type Output, STANDARD_OUTPUT } from './output';
import { packageVersion } from './package-version';

const EXIT_CODES = `
Exit codes:
    0  done
    1  failed
    2  your input is wrong
    3  something committed is stale
    4  there are differences (diff --exit-code)
  137  the worker was killed for memory`;

/**
 * Runs the `capstan` command.
 *
 * @param args without the names of Node and of the command
 * @param context the folder of the program and where to print; this process's own by default
 * @returns its exit code
 */
export async function main(
  args: readonly string[],
  context: CommandContext = { folder: process.cwd(), output: STANDARD_OUTPUT },
): Promise<number> {
  const { output } = context;
  const program = commandLine(context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return conclude(error, output);
  }
}

/** The whole command line. */
function commandLine(context: CommandContext): Command {
  const { output } = context;
  const trimmed = (print: (text: string) => void) => (text: string) => print(text.replace(/\n$/, ''));
  const program = new Command('capstan')
    .description('One typed spec becomes manifests, a Go worker image and a run on real input.')
    .version(packageVersion())
    .option('-a, --app <command>', 'shell command that runs your program (default: app of cdk8s.yaml)')
    .exitOverride()
    .configureOutput({ writeOut: trimmed(output.out), writeErr: trimmed(output.err) })
    .showSuggestionAfterError()
    .addHelpText('afterAll', EXIT_CODES);
  addSynth(program, context);
  addPlan(program, context);
  addSimulate(program, context);
  addCapacity(program, context);
  addDiff(program, context);
  addStatus(program, context);
  addGenerate(program, context);
  addImage(program, context);
  addRun(program, context);
  addMeasure(program, context);
  return program;
}

function conclude(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CommandError) {
    output.err(error.message);
    return error.exitCode;
  }
  if (error instanceof SpecError) {
    output.err(error.message);
    return EXIT.usage;
  }
  // A defect of Capstan, not a mistake of the user.
  output.err(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  return EXIT.failed;
}
