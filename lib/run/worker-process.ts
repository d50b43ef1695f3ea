import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { startError } from '../child-process';
import { isLogLine } from './log-lines';

/** A worker to run. */
export interface WorkerProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File that keeps its log. */
  readonly log: string;
  /** Gets each line of its log. */
  onLine(line: string): void;
  /** What to tell a person who does not have the program. */
  readonly install?: string;
  /** Sends it SIGTERM, once, as soon as it is aborted. */
  readonly stop?: AbortSignal | undefined;
}

/** How a worker ended. */
export interface WorkerExit {
  /** Exit code; `undefined` when a signal ended it. */
  readonly code: number | undefined;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
  /** What it wrote besides its log, such as the stack of a crash or what is wrong with its configuration. */
  readonly said: string;
  /** The first signal that this process got and passed on. */
  readonly stoppedBy: NodeJS.Signals | undefined;
  /** Why the file of the log is not whole, such as a full disk; `undefined` when it is. */
  readonly logError: string | undefined;
}

const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/** Lines beyond the log that are kept for the summary. */
const KEPT_LINES = 40;

/**
 * Runs a worker until it ends by itself. SIGINT and SIGTERM that this process gets are passed on, each once: the
 * worker drains on the first and hands back at once on the second.
 */
export async function runProcess(worker: WorkerProcess): Promise<WorkerExit> {
  // In a process group of its own, a terminal's Ctrl-C does not reach it a second time.
  const child = spawn(worker.command, [...worker.args], {
    env: { ...process.env, ...worker.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const signals = passSignals(child);
  const stop = () => child.kill('SIGTERM');
  worker.stop?.addEventListener('abort', stop, { once: true });
  const said: string[] = [];
  const log = createWriteStream(worker.log);
  // The worker is read on: a full disk must not block it as well.
  log.on('error', () => undefined);
  const read = (stream: NodeJS.ReadableStream) =>
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (log.errored === null) log.write(`${line}\n`);
      worker.onLine(line);
      if (!isLogLine(line) && said.length < KEPT_LINES) said.push(line);
    });
  read(child.stdout);
  read(child.stderr);
  try {
    const end = await exitOf(child, worker);
    await finished(log.end()).catch(() => undefined);
    return { ...end, said: said.join('\n'), stoppedBy: signals.first(), logError: log.errored?.message };
  } finally {
    worker.stop?.removeEventListener('abort', stop);
    signals.dismiss();
    log.destroy();
  }
}

type End = Pick<WorkerExit, 'code' | 'signal'>;

function exitOf(child: ChildProcess, worker: WorkerProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(startError(error, worker)));
    child.on('close', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
}

function passSignals(child: ChildProcess): { first(): NodeJS.Signals | undefined; dismiss(): void } {
  let first: NodeJS.Signals | undefined;
  const pass = (signal: NodeJS.Signals) => {
    first ??= signal;
    child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  return {
    first: () => first,
    dismiss: () => {
      for (const signal of PASSED_ON) process.off(signal, pass);
    },
  };
}
