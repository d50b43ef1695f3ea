import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { inputFolder, takeFolders } from '../../lib/run/folders';
import { temporaryFolder } from '../temporary-folder';

describe('the folders of a run', () => {
  test('lie below the output, and hold no report of an earlier run', () => {
    const output = temporaryFolder({ '.capstan/report.json': '{}', 'a.jpg': 'x' });
    const { folders } = takeFolders(output);
    expect(existsSync(folders.report)).toBe(false);
    expect(existsSync(folders.state)).toBe(true);
    expect(existsSync(join(output, 'a.jpg'))).toBe(true);
  });

  test('fails when the output is a file', () => {
    const folder = temporaryFolder({ out: 'x' });
    expect(() => takeFolders(join(folder, 'out'))).toThrow(
      /--output must be a folder that can be written, got a file/,
    );
  });

  test('are taken by one run at a time, and given back', () => {
    const output = temporaryFolder();
    const { giveBack } = takeFolders(output);
    expect(() => takeFolders(output)).toThrow(/Another run, process \d+, works in the same output folder/);
    giveBack();
    takeFolders(output).giveBack();
  });

  test('are taken over from a run that was killed', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const output = temporaryFolder({ '.capstan/run.lock': `${gone}\n` });
    takeFolders(output).giveBack();
  });

  test.each([
    ['nope', /got nothing at nope/],
    ['file', /got a file at file/],
  ])('fails for the input %s', (input, message) => {
    const folder = temporaryFolder({ file: 'x' });
    expect(() => inputFolder(folder, input, join(folder, 'out'))).toThrow(message);
  });

  test.each([
    ['photos', 'photos/out'],
    ['photos', 'photos'],
    ['photos/new', 'photos'],
    ['link', 'photos/out'],
    ['photos', 'link/out/deep'],
    ['photos', 'photos/..out'],
  ])('fails for the input %s with the output %s', (input, output) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'photos/new'), { recursive: true });
    symlinkSync(join(folder, 'photos'), join(folder, 'link'));
    expect(() => inputFolder(folder, input, join(folder, output))).toThrow(/must not lie in one another/);
  });

  test('may be neighbours whose names begin alike', () => {
    const folder = temporaryFolder({ 'photos/a.jpg': 'x' });
    expect(inputFolder(folder, 'photos', join(folder, 'photos-out'))).toBe(join(folder, 'photos'));
  });
});
