import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { hashImageInputs } from '../../lib/codegen/image-inputs';
import { defaultLevels } from '../../lib/measure/levels';
import type { WorkerModel } from '../../lib/model';
import { writeFiles } from '../temporary-folder';
import { capstan, exampleModel, programFolder, programModel } from './example-program';

const TASK = {
  cpuSeconds: 0.04,
  durationSeconds: { mean: 0.09, max: 20 },
  memoryBytes: { base: 2 ** 24, perTask: 2 ** 26 },
};

function profile(inputs: string): string {
  return JSON.stringify({ version: 1, app: 'resize', inputs, task: TASK });
}

function folderOf(...models: WorkerModel[]): string {
  const folder = programFolder(programModel(models));
  writeFiles(folder, {
    'apps/resize/go.mod': 'module resize\n',
    'apps/resize/handler.go': 'package main\n',
    'photos/a.jpg': 'a',
  });
  return folder;
}

describe('capstan measure --check', () => {
  const inputsOf = (folder: string) =>
    hashImageInputs({ name: 'resize', directory: join(folder, 'apps/resize') });

  test('says that a profile is of these sources, and with exit code 3 when they have changed', async () => {
    const folder = folderOf(exampleModel());
    writeFiles(folder, { 'apps/resize/profile.json': profile(inputsOf(folder)) });
    expect(await capstan(folder, 'measure', '--check')).toEqual({
      code: 0,
      out: '',
      err: 'resize  profile.json is of these sources\n',
    });
    writeFiles(folder, { 'apps/resize/handler.go': 'package main // slower\n' });
    const stale = {
      code: 3,
      out: '',
      err: 'resize: profile.json was measured with other sources. Run `npx capstan measure apps/resize`.\n',
    };
    expect(await capstan(folder, 'measure', '--check')).toEqual(stale);
    expect(await capstan(folder, 'measure', 'apps/resize/', '--check')).toEqual(stale);
    expect(await capstan(folder, 'measure', 'resize', '--check')).toEqual(stale);
  });

  test('has nothing to say where nothing was measured', async () => {
    expect(await capstan(folderOf(exampleModel()), 'measure', '--check')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });

  test('fails for a file that is no profile, in one line', async () => {
    const folder = folderOf(exampleModel());
    writeFiles(folder, { 'apps/resize/profile.json': '[]' });
    const { code, err } = await capstan(folder, 'measure', '--check');
    expect(code).toBe(2);
    expect(err).toMatch(/profile\.json must be an object, got an empty list\..*\n$/);
  });

  test('is said by capstan plan as well, where the program takes a profile', async () => {
    const file = 'apps/resize/profile.json';
    const stale = exampleModel('studio/resize', { profile: { file, inputs: `sha256:${'1'.repeat(64)}` } });
    const folder = folderOf(stale);
    const { code, err } = await capstan(folder, 'plan', 'resize', '--explain', 'poolSlots');
    expect([code, err]).toEqual([
      0,
      `resize: ${file} was measured with other sources. Run \`npx capstan measure apps/resize\`.\n`,
    ]);
  });
});

describe('capstan measure', () => {
  test.each<[string, string[], string]>([
    ['without an app', [], 'Say what to measure'],
    ['for an unknown app', ['apps/crop'], 'Unknown app or worker apps/crop. Known apps are: apps/resize.'],
    ['for one level', ['apps/resize', '--levels', '4'], 'It must be two counts or more, such as 1,2,4.'],
    [
      'for levels that are none',
      ['apps/resize', '--levels', '1,-2'],
      'It must be a whole number of 1 or more.',
    ],
    ['for one round', ['apps/resize', '--rounds', '1'], 'It must be 2 or more: one run has no interval.'],
    ['for cores that are none', ['apps/resize', '--cpu', '0'], 'It must be a number of cores'],
  ])('fails %s, in one line and without a profile', async (_, words, line) => {
    const folder = folderOf(exampleModel());
    const { code, out, err } = await capstan(folder, 'measure', ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'apps/resize/profile.json'))).toBe(false);
  });

  test('fails for an app that two workers run, with their paths', async () => {
    const folder = folderOf(exampleModel('studio/resize'), exampleModel('shop/resize'));
    const { code, err } = await capstan(folder, 'measure', 'apps/resize', '--input', 'photos');
    expect(code).toBe(2);
    expect(err).toContain('got 2. Use --environment, or a path: studio/resize, shop/resize.');
  });

  test('goes up to twice the planned slots', () => {
    expect(defaultLevels(1)).toEqual([1, 2, 4]);
    expect(defaultLevels(4)).toEqual([1, 2, 4, 8]);
    const many = defaultLevels(64);
    expect([many[0], many.at(-1), many.length]).toEqual([1, 128, 6]);
    expect(readFileSync(join(__dirname, '../../docs/measure.md'), 'utf8')).toContain(
      'twice the planned slots',
    );
  });
});
