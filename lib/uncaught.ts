import { writeSync } from 'node:fs';

const exitCodes = new WeakMap<Error, number>();
let installed = false;

/**
 * Makes a program that does not catch this error end with its message alone on stderr, without a stack trace, and with
 * this exit code. A program with an `uncaughtException` listener of its own keeps that listener's behaviour.
 */
export function showPlainlyWhenUncaught(error: Error, exitCode: number): void {
  exitCodes.set(error, exitCode);
  if (installed) return;
  installed = true;
  // A monitor, unlike an uncaughtException listener, leaves what Node does with every other error as it is.
  process.on('uncaughtExceptionMonitor', (thrown) => {
    const code = exitCodes.get(thrown);
    if (code === undefined || process.listenerCount('uncaughtException') > 0) return;
    writeSync(process.stderr.fd, `${thrown.message}\n`);
    process.exit(code);
  });
}
