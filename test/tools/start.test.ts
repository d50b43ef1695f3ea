import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder } from '../temporary-folder';

test('npm start refuses a folder that is not there before it builds anything', () => {
  const folder = temporaryFolder();
  const env = { ...process.env, INIT_CWD: folder };
  const ended = spawnSync(process.execPath, [join(PACKAGE_ROOT, 'tools/start.cjs'), 'nowhere'], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  expect([ended.status, ended.stdout, ended.stderr]).toEqual([
    2,
    '',
    `npm start must be given a folder of photos, got ${join(folder, 'nowhere')}. Name one that exists.\n`,
  ]);
});
