import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { runProcess, type WorkerExit } from '../../lib/run/worker-process';
import { temporaryFolder } from '../temporary-folder';

interface Run {
  readonly exit: WorkerExit;
  readonly lines: readonly string[];
  readonly log: string;
}

/** A file that has no room. */
const FULL = '/dev/full';

/** Runs a script in the place of a worker. */
async function run(script: string, log = join(temporaryFolder(), 'worker.log')): Promise<Run> {
  const lines: string[] = [];
  const exit = await runProcess({
    command: process.execPath,
    args: ['-e', script],
    env: { FROM_TEST: 'yes' },
    log,
    onLine: (line) => lines.push(line),
  });
  return { exit, lines, log: log === FULL ? '' : readFileSync(log, 'utf8') };
}

/** Says that it listens, and tells each signal and when it has had two. */
const LISTENER = `
  let count = 0;
  const timer = setInterval(() => undefined, 1000);
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {
    console.error('{"got":"' + name + '"}');
    if (++count === 2) clearInterval(timer);
  });
  console.error('{"msg":"listening"}');`;

/** Runs the listener from a process of its own, and sends that one a signal after each line of the listener. */
async function runAndSignal(signals: NodeJS.Signals[]): Promise<Pick<Run, 'exit' | 'lines'>> {
  const script = `
    require('tsx/cjs/api').register();
    const { runProcess } = require('./lib/run/worker-process.ts');
    const worker = { command: process.execPath, args: ['-e', process.argv[1]], env: {}, log: process.argv[2] };
    runProcess({ ...worker, onLine: (line) => console.log(line) }).then((exit) => console.log(JSON.stringify({ exit })));`;
  const log = join(temporaryFolder(), 'worker.log');
  const child = spawn(process.execPath, ['-e', script, LISTENER, log], {
    cwd: PACKAGE_ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const signal = signals.shift();
    if (signal !== undefined) child.kill(signal);
  }
  const { exit } = JSON.parse(lines.pop() ?? '{}') as { exit: WorkerExit };
  return { exit, lines };
}

describe('a worker process', () => {
  test('hands on its log, keeps it, and keeps apart what is no log', async () => {
    const { exit, lines, log } = await run(
      `console.error('{"msg":"ready"}'); console.error('panic: ' + process.env.FROM_TEST); process.exitCode = 2;`,
    );
    expect(lines).toEqual(['{"msg":"ready"}', 'panic: yes']);
    expect(log).toBe('{"msg":"ready"}\npanic: yes\n');
    expect(exit).toEqual({ code: 2, signal: undefined, said: 'panic: yes', stoppedBy: undefined });
  });

  test('goes on when its log cannot be written, and says so', async () => {
    const { exit, lines } = await run(
      `console.error('{"msg":"ready"}'); console.error('{"msg":"report"}');`,
      FULL,
    );
    expect(lines).toEqual(['{"msg":"ready"}', '{"msg":"report"}']);
    expect(exit).toMatchObject({ code: 0, logError: expect.stringContaining('ENOSPC') });
  });

  test('tells the signal that killed it', async () => {
    const { exit } = await run("process.kill(process.pid, 'SIGKILL')");
    expect(exit).toMatchObject({ code: undefined, signal: 'SIGKILL', stoppedBy: undefined });
  });

  test('gets each signal that this process gets, once', async () => {
    const { exit, lines } = await runAndSignal(['SIGTERM', 'SIGINT']);
    expect(lines).toEqual(['{"msg":"listening"}', '{"got":"SIGTERM"}', '{"got":"SIGINT"}']);
    expect(exit).toMatchObject({ code: 0, stoppedBy: 'SIGTERM' });
  });

  test('fails with what to install when the program is missing', async () => {
    const log = join(temporaryFolder(), 'worker.log');
    const missing = { command: 'no-such-program', args: [], env: {}, log, onLine: () => undefined };
    await expect(runProcess({ ...missing, install: 'Install it.' })).rejects.toThrow(
      'no-such-program was not found. Install it.',
    );
    expect(existsSync(log)).toBe(true);
  });
});
