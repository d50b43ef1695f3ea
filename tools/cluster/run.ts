import { type SpawnOptions, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { StepError } from './step';

/** How a program is to be run. */
export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  /** @default nothing */
  readonly input?: string | undefined;
  /** @default the working folder of this process */
  readonly cwd?: string | undefined;
  /** Variables besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A file that what it prints is added to when it fails. @default none */
  readonly log?: string | undefined;
  /** After which it is killed. @default 120 */
  readonly timeoutSeconds?: number | undefined;
}

/** How a program ended. */
export interface Ended {
  /** -1 when it could not be started or was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, however it ends. */
export function runToEnd(run: Run): Promise<Ended> {
  const { program, args, input = '', cwd, env, timeoutSeconds = 120 } = run;
  const options: SpawnOptions = {
    stdio: 'pipe',
    timeout: timeoutSeconds * 1000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  };
  const child = spawn(program, [...args], options);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (part: string) => {
      printed[stream] += part;
    });
  }
  // A program that ends without reading its input says why by itself.
  child.stdin?.on('error', () => undefined).end(input);
  return new Promise((settle) => {
    child.on('error', (error) =>
      settle({ code: -1, ...printed, stderr: `${printed.stderr}${error.message}` }),
    );
    child.on('close', (code) => settle({ code: code ?? -1, ...printed }));
  });
}

/**
 * Runs a program that has to succeed; gives what it printed.
 *
 * @throws StepError with its last line
 */
export async function succeed(run: Run): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(run);
  if (code === 0) return stdout;
  const command = [run.program.split('/').at(-1), ...run.args.slice(0, 3)].join(' ');
  if (run.log !== undefined) appendFileSync(run.log, `${command} ended with ${code}\n${stdout}${stderr}\n`);
  const last = `${stdout}${stderr}`.trimEnd().split('\n').at(-1) ?? '';
  throw new StepError(`\`${command}\` ended with ${code}: ${last}`, run.log);
}
