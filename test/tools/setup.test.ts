import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder, writeFiles } from '../temporary-folder';

/** An npm that notes that it was called, and installs one package unless it is told to break off. */
const NPM = `#!/bin/sh
echo "$@" >> npm.log
rm -rf node_modules && mkdir -p node_modules/a || exit 1
[ ! -e break-off ] || exit 1
cp package-lock.json node_modules/.package-lock.json
`;
const GO = '#!/bin/sh\necho "$FAKE_GO"\n';

const lockOf = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  });

interface Checkout {
  readonly folder: string;
  /** Sets up; gives the exit code and what was printed. */
  setUp(go?: string): [code: number | null, printed: string];
  /** How often npm was called. */
  installs(): number;
}

function checkout(): Checkout {
  const folder = temporaryFolder({
    'package-lock.json': lockOf('1.0.0'),
    'bin/npm': NPM,
    'bin/go': GO,
    'tools/x': '',
  });
  for (const program of ['npm', 'go']) chmodSync(join(folder, 'bin', program), 0o755);
  copyFileSync(join(PACKAGE_ROOT, 'tools/setup.cjs'), join(folder, 'tools/setup.cjs'));
  const path = [join(folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  return {
    folder,
    setUp: (go = 'go1.26.8') => {
      const env = { ...process.env, PATH: path, FAKE_GO: go };
      const ended = spawnSync(process.execPath, ['tools/setup.cjs'], { cwd: folder, encoding: 'utf8', env });
      return [ended.status, ended.stdout + ended.stderr];
    },
    installs: () => {
      const log = join(folder, 'npm.log');
      return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
    },
  };
}

describe('setting up a checkout', () => {
  test('installs once, and is silent from then on', () => {
    const { setUp, installs } = checkout();
    expect(setUp()[0]).toBe(0);
    expect(setUp()).toEqual([0, '']);
    expect(installs()).toBe(1);
  });

  test('installs again when the lock file changed', () => {
    const { folder, setUp, installs } = checkout();
    setUp();
    writeFiles(folder, { 'package-lock.json': lockOf('2.0.0') });
    expect(setUp()[0]).toBe(0);
    expect(installs()).toBe(2);
  });

  test('fails when the install breaks off, and does it again the next time', () => {
    const { folder, setUp, installs } = checkout();
    writeFiles(folder, { 'break-off': '' });
    const [code, printed] = setUp();
    expect(code).toBe(1);
    expect(printed).toContain('`npm ci` failed');
    expect(setUp()[0]).toBe(1);
    expect(installs()).toBe(2);
  });

  test('takes what npm itself installed, packages for other platforms aside', () => {
    const { folder, setUp, installs } = checkout();
    const installed = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    writeFiles(folder, { 'node_modules/.package-lock.json': installed });
    expect(setUp()).toEqual([0, '']);
    expect(installs()).toBe(0);
  });

  test.each([
    ['go1.25.9', 'Capstan needs Go 1.26 or newer, got 1.25.9.'],
    ['devel', 'Capstan needs Go 1.26 or newer, got devel.'],
  ])('fails for %s, in one line and before it installs', (version, message) => {
    const { setUp, installs } = checkout();
    const [code, printed] = setUp(version);
    expect(code).toBe(1);
    expect(printed.trim().split('\n')).toEqual([expect.stringContaining(message)]);
    expect(installs()).toBe(0);
  });

  test('names what an old Node has to become', () => {
    const { complaint, NODE } = require('../../tools/setup.cjs');
    expect(complaint(NODE, 'v18.20.4')).toContain('needs Node 20.19 or newer, got 18.20.4.');
    expect(complaint(NODE, 'v20.18.0')).not.toBe('');
    expect([complaint(NODE, 'v20.19.0'), complaint(NODE, 'v26.0.0')]).toEqual(['', '']);
  });
});
