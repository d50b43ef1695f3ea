import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runToEnd } from '../../lib/child-process';
import { temporaryFolder } from '../temporary-folder';

const run = (command: string, cwd: string) =>
  runToEnd({ command, args: ['--version'], cwd, timeoutSeconds: 20, install: 'Install it.' });

describe('a program that cannot be started', () => {
  test('is missing where its folder is there', async () => {
    await expect(run('no-such-program', temporaryFolder())).rejects.toThrow(
      'no-such-program was not found. Install it.',
    );
  });

  test('is not called missing where its folder is', async () => {
    const cwd = join(temporaryFolder(), 'nowhere');
    await expect(run(process.execPath, cwd)).rejects.toThrow(
      `${process.execPath} was to run in ${cwd}, which does not exist.`,
    );
  });
});
