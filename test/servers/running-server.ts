import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { freePorts } = require('../../tools/free-ports.cjs');

/** What to start, and how to see that it serves. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** What it prints when it serves. */
  readonly ready: RegExp;
  /**
   * Variables besides those of this process.
   * @default none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Whether it refuses to run as root, as PostgreSQL does. As another user it sees nothing of a root's home.
   * @default it runs as the user that the tests run as
   */
  readonly refusesRoot?: boolean;
}

/** A process that serves on this machine until it is stopped. */
export class RunningServer {
  /** All that it has printed so far. */
  output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of this.streams()) stream.on('data', (part) => (this.output += String(part)));
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @throws Error with its output when it ends before that
   */
  static async start(command: ServerCommand): Promise<RunningServer> {
    const { program, args, ready, env, refusesRoot } = command;
    const child = spawn(program, args, {
      // A group of its own, so that a server that a script has started is stopped with the script.
      detached: true,
      ...{ stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir(), env: { ...process.env, ...env } },
      ...(refusesRoot === true && nobody()),
    });
    const server = new RunningServer(child);
    await server.prints(ready);
    return server;
  }

  /**
   * Waits until it has printed a text, which may be already.
   *
   * @throws Error with its output when it ends before that
   */
  async prints(text: RegExp): Promise<void> {
    const { child } = this;
    await new Promise<void>((settle, fail) => {
      const look = () => {
        if (text.test(this.output)) settle();
      };
      for (const stream of this.streams()) stream.on('data', look);
      child.on('error', fail);
      child.on('close', (code) => fail(new Error(`${child.spawnfile} ended with ${code}:\n${this.output}`)));
      look();
    });
  }

  /** Ends it at once: nothing of it is worth keeping. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.signalAll('SIGKILL');
    await closed;
  }

  private signalAll(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  /** Tells it to end, and waits until it has; gives its exit code. */
  async terminate(): Promise<number | null> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const [code] = await closed;
    return code;
  }

  private streams() {
    return [this.child.stdout, this.child.stderr].filter((stream) => stream !== null);
  }
}

/** Runs a program that refuses to run as root to its end, such as PostgreSQL's initdb; gives what it printed. */
export function runAsNobody(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(program, args, {
    ...{
      cwd: tmpdir(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    },
    ...nobody(),
  });
}

/** An empty folder that a server may write into. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-server-'));
  const { uid, gid } = nobody();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** A port of the loopback address that nothing listens on. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

/** For a process: another user, when this one is root. */
function nobody(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
}
