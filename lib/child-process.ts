import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CommandError, EXIT, isSystemError } from './command-error';

/** A program to run to its end. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  /** @default the folder of this process */
  readonly cwd?: string;
  /** Variables on top of those of this process; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hand `command` to the shell as it is; `args` has to be empty. */
  readonly shell?: boolean;
  /**
   * What it reads.
   * @default nothing
   */
  readonly input?: string;
  /** The program is killed after this long. */
  readonly timeoutSeconds: number;
  /** What to tell a person who does not have the program. */
  readonly install?: string;
}

/** How a program ended. */
export interface Completion {
  /** Exit code; 128 + number of the signal for one that was killed, as a shell has it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SIGKILL_CODE = 137;
const OTHER_SIGNAL_CODE = 143;

/**
 * Runs a program and collects what it prints.
 *
 * @throws CommandError when it is not installed or does not end in time
 */
export function runToEnd(invocation: Invocation): Promise<Completion> {
  const { command, args, cwd = process.cwd(), shell = false, input = '', timeoutSeconds } = invocation;
  const env = { ...process.env, ...invocation.env };
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, env, shell, stdio: 'pipe' });
    // A program that ends without reading its input says why by itself.
    child.stdin.on('error', () => undefined).end(input);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // What the program itself started may hold the pipes for longer.
      child.stdout.destroy();
      child.stderr.destroy();
      const words = [command, ...args].join(' ');
      reject(
        new CommandError(
          `\`${words}\` did not end within ${timeoutSeconds} s.\n${output.stderr}`,
          EXIT.failed,
        ),
      );
    }, timeoutSeconds * 1000);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(startError(error, invocation));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...output, code: code ?? (signal === 'SIGKILL' ? SIGKILL_CODE : OTHER_SIGNAL_CODE) });
    });
  });
}

/** What to say about a program that could not be started. */
export function startError(
  error: Error,
  { command, cwd, install }: Pick<Invocation, 'command' | 'cwd' | 'install'>,
): Error {
  if (!isSystemError(error, 'ENOENT')) return error;
  // The system has one answer for both.
  if (cwd !== undefined && !existsSync(cwd)) {
    return new CommandError(`${command} was to run in ${cwd}, which does not exist.`, EXIT.failed);
  }
  return new CommandError(
    `${command} was not found.${install === undefined ? '' : ` ${install}`}`,
    EXIT.failed,
  );
}
