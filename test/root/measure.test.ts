import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MeasuredProfile, readProfile } from '../../lib/plan';
import { PHOTOS, temporaryFolder } from './confined-run';

const ROOT = resolve(__dirname, '../..');
const PROFILE = join(ROOT, 'apps/develop/profile.json');

const folder = temporaryFolder('measure');
const saved = join(folder.path, 'profile.json');

beforeAll(() => {
  if (existsSync(PROFILE)) cpSync(PROFILE, saved);
});

afterAll(() => {
  rmSync(PROFILE, { force: true });
  if (existsSync(saved)) cpSync(saved, PROFILE);
  folder.remove();
});

test('capstan measure runs the worker under runc and writes what a plan takes', () => {
  const args = ['measure', 'apps/develop', '-e', 'edge', '--input', PHOTOS, '--cpu', '0.5'];
  const short = ['--levels', '1,4', '--rounds', '2', '--seconds', '4', '--json'];
  const ran = spawnSync(process.execPath, ['bin/capstan.cjs', ...args, ...short], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  expect({ status: ran.status, error: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, error: '' });
  const profile = JSON.parse(ran.stdout) as MeasuredProfile;
  expect(profile.conditions).toBe('Under runc with 0.5 cores, GOMEMLIMIT as planned.');
  expect(profile.runs.map(({ concurrency }) => concurrency)).toEqual([0, 1, 4, 0, 1, 4]);

  // A busy machine changes neither what a task computes nor what it holds, so these hold on any.
  const { task, measured, runs } = profile;
  expect(task.cpuSeconds).toBeGreaterThan(0.02);
  expect(task.cpuSeconds).toBeLessThan(2);
  expect(measured.idleBytes.value).toBeLessThan(64 * 2 ** 20);
  for (const { concurrency, memoryBytes } of runs) {
    if (concurrency === 0) continue;
    expect(memoryBytes).toBeLessThanOrEqual(task.memoryBytes.base + concurrency * task.memoryBytes.perTask);
    expect(memoryBytes).toBeGreaterThan(measured.idleBytes.low);
  }
  // A task that only computes is throttled by half a core.
  const most = Math.max(...runs.map(({ throttledShare = 0 }) => throttledShare));
  expect(most).toBeGreaterThan(0);

  const written = readProfile(JSON.parse(readFileSync(PROFILE, 'utf8')), 'profile.json');
  expect(written.problems).toEqual([]);
  expect(written.profile?.task.durationSeconds.max).toBe(20);
  const check = spawnSync(process.execPath, ['bin/capstan.cjs', 'measure', '--check', 'apps/develop'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('develop  profile.json is of these sources\n');
});
