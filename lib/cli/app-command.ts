import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CommandError, messageOf } from '../command-error';

/** What Capstan reads from cdk8s.yaml. */
export interface ProjectConfig {
  /** The shell command that runs the program. */
  readonly app: string;
  /** Folder of the manifests, relative to the project. */
  readonly output: string;
  /** The environment that commands mean unless they name one; left out: all of them. */
  readonly environment?: string;
}

const FILE = 'cdk8s.yaml';
const DEFAULT_OUTPUT = 'dist';

/**
 * How the program in a folder is run, from its cdk8s.yaml.
 *
 * @param app takes the place of the file's `app`, as with `cdk8s synth --app`
 * @throws CommandError when neither names a command
 */
export function readProjectConfig(folder: string, app?: string): ProjectConfig {
  const config = readYaml(join(folder, FILE));
  if (app?.trim() === '') {
    throw new CommandError(
      `--app must be the command that runs your program, got ${JSON.stringify(app)}. Name it.`,
    );
  }
  const command = app ?? stringOf(config, 'app');
  if (command === undefined) {
    throw new CommandError(
      `${FILE}: app must be the command that runs your program, got none in ${folder}. ` +
        'Change to the folder of your program, write a line such as `app: node main.js`, or use --app.',
    );
  }
  const environment = stringOf(config, 'environment');
  return {
    app: command,
    output: stringOf(config, 'output') ?? DEFAULT_OUTPUT,
    ...(environment !== undefined && { environment }),
  };
}

function readYaml(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${FILE}: must be YAML, got an error: ${messageOf(error)}`);
  }
}

function stringOf(config: unknown, key: 'app' | 'output' | 'environment'): string | undefined {
  if (typeof config !== 'object' || config === null || !(key in config)) return undefined;
  const value = (config as Record<string, unknown>)[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new CommandError(`${FILE}: ${key} must be a text, got ${JSON.stringify(value)}.`);
}
