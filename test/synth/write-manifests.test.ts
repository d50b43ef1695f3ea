import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatList, LIST_FILE, listedFiles } from '../../lib/synth/file-list';
import { writeManifests } from '../../lib/synth/write-manifests';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { manifestsIn } from './manifests-in';
import { stderrLines } from './stderr-lines';

const MARK = '# Written by Capstan: change the program and run `capstan synth`. DO NOT EDIT.';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Writes as an app of its own; `app` of an earlier call is the same app. */
function write(files: Record<string, string>, app = Symbol('app')): symbol {
  writeManifests(folder, new Map(Object.entries(files)), app);
  return app;
}

/** Makes the folder look as after a run of another process. */
function writeListed(files: Record<string, string>): void {
  writeFiles(folder, { ...files, [LIST_FILE]: formatList(Object.keys(files)) });
}

describe('writeManifests', () => {
  test('writes files, and the sorted list of them, which no tool reads as a manifest', () => {
    write({ 'b.yaml': 'b: 1\n', 'dev/a.yaml': 'a: 1\n', 'a.yaml': 'a: 2\n' });
    expect(manifestsIn(folder)).toEqual({ 'a.yaml': 'a: 2\n', 'b.yaml': 'b: 1\n', 'dev/a.yaml': 'a: 1\n' });
    const [head, ...rest] = readFileSync(join(folder, '.capstan'), 'utf8').split('\n');
    expect(head).toMatch(/^# .*capstan synth/);
    expect(rest).toEqual(['a.yaml', 'b.yaml', 'dev/a.yaml', '']);
  });

  test('replaces changed files and leaves unchanged ones and the list untouched', () => {
    const app = write({ same: 'same', changed: 'before' });
    const long = new Date(0);
    for (const name of ['same', 'changed', LIST_FILE]) utimesSync(join(folder, name), long, long);
    write({ same: 'same', changed: 'after' }, app);
    for (const name of ['same', LIST_FILE]) expect(statSync(join(folder, name)).mtime).toEqual(long);
    expect(manifestsIn(folder)).toEqual({ same: 'same', changed: 'after' });
  });

  test('removes listed files that are no longer wanted and folders that it empties, and nothing else', () => {
    writeListed({ 'old.yaml': '1', 'gone/deep/old.yaml': '2', 'deep/old.yaml': '3' });
    const others = { 'hand.yaml': 'by: hand\n', 'README.md': 'text', 'deep/hand.yaml': 'by: hand\n' };
    writeFiles(folder, others);
    write({ 'current.yaml': '4' });
    expect(manifestsIn(folder)).toEqual({ ...others, 'current.yaml': '4' });
    expect(existsSync(join(folder, 'gone'))).toBe(false);
    expect(listedFiles(folder)).toEqual(['current.yaml']);
  });

  test("keeps what another app of the program wrote, and removes an app's own files that it drops", () => {
    const one = write({ one: '1', more: '1' });
    write({ two: '2' });
    expect(Object.keys(manifestsIn(folder))).toEqual(['more', 'one', 'two']);
    write({ one: '1' }, one);
    expect(Object.keys(manifestsIn(folder))).toEqual(['one', 'two']);
    expect(listedFiles(folder)).toEqual(['one', 'two']);
  });

  test('adopts a file that is not on the list when it has the very bytes', () => {
    writeFiles(folder, { 'a.yaml': 'a: 1\n' });
    write({ 'a.yaml': 'a: 1\n' });
    expect(listedFiles(folder)).toEqual(['a.yaml']);
  });

  test('takes files with the mark of earlier versions for its own, as long as there is no list', () => {
    writeFiles(folder, {
      'a.yaml': `${MARK}\na: 1\n`,
      'deep/old.yaml': `${MARK}\n`,
      'hand.yaml': 'by: hand\n',
    });
    write({ 'a.yaml': 'a: 1\n' });
    expect(manifestsIn(folder)).toEqual({ 'a.yaml': 'a: 1\n', 'hand.yaml': 'by: hand\n' });
    writeFiles(folder, { 'copy.yaml': `${MARK}\n` });
    write({ 'a.yaml': 'a: 1\n' });
    expect(Object.keys(manifestsIn(folder))).toContain('copy.yaml');
  });

  test('removes what a killed run left half-written, and no part of a running one or of others', () => {
    const ended = spawnSync(process.execPath, ['--version']).pid;
    const kept = { [`.capstan.${process.ppid}.part`]: 'kind: A', [`hand.${ended}.part`]: 'by: hand\n' };
    writeFiles(folder, { ...kept, [`.capstan.${ended}.part`]: 'kind: A' });
    write({});
    expect(manifestsIn(folder)).toEqual(kept);
  });

  test('leaves no trace where it has nothing to write', () => {
    write({});
    expect(existsSync(join(folder, LIST_FILE))).toBe(false);
  });

  test('needs no list that a merge left clean', () => {
    const conflict = '<<<<<<< ours\na.yaml\n=======\nb.yaml\n>>>>>>> theirs\n';
    writeFiles(folder, { [LIST_FILE]: conflict, 'a.yaml': '1', 'b.yaml': '2' });
    write({ 'b.yaml': '3' });
    expect(manifestsIn(folder)).toEqual({ 'b.yaml': '3' });
    expect(readFileSync(join(folder, LIST_FILE), 'utf8')).toBe(formatList(['b.yaml']));
  });

  test('removes nothing outside of the folder, whatever the list says', () => {
    const outside = temporaryFolder({ 'a.yaml': 'not ours' });
    const lines = [join(outside, 'a.yaml'), '../a.yaml', 'deep/../../a.yaml', '..', '.', './b.yaml', '/'];
    writeFiles(folder, { [LIST_FILE]: lines.join('\n'), 'b.yaml': 'hand' });
    expect(listedFiles(folder)).toEqual([]);
    write({});
    expect(manifestsIn(outside)).toEqual({ 'a.yaml': 'not ours' });
    expect(manifestsIn(folder)).toEqual({ 'b.yaml': 'hand' });
  });
});

test('any sequence of runs leaves the files of the last one, and those of others as they were', () => {
  const names = fc.constantFrom('a.yaml', 'b.yaml', 'dev/a.yaml', 'dev/b.yaml');
  const run = fc.dictionary(names, fc.constantFrom('1\n', '2\n'));
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 5 }), (runs) => {
      folder = temporaryFolder({ 'dev/hand.yaml': 'by: hand\n' });
      const app = Symbol('app');
      for (const files of runs) write({ ...files }, app);
      expect(manifestsIn(folder)).toEqual({ ...runs.at(-1), 'dev/hand.yaml': 'by: hand\n' });
    }),
    { numRuns: 50 },
  );
});

describe('fails', () => {
  test("when another's file has the name of a manifest and other bytes, naming it, and writes nothing", () => {
    writeListed({ 'old.yaml': 'old: yes\n' });
    writeFiles(folder, { 'two.yaml': 'by: hand\n' });
    const before = manifestsIn(folder);
    expect(() => write({ 'one.yaml': '1\n', 'two.yaml': '2\n' })).toThrow(
      /two\.yaml: must be on Capstan's list of its files \(\.capstan\), got another's file\. /,
    );
    expect(manifestsIn(folder)).toEqual(before);
    expect(listedFiles(folder)).toEqual(['old.yaml']);
  });

  test('and writes nothing when a folder has the name of a manifest', () => {
    writeFiles(folder, { 'chart.yaml/in-the-way': '' });
    expect(() => write({ 'a.yaml': '1', 'chart.yaml': '2' })).toThrow(
      /chart\.yaml: must be free for a manifest, got a folder\./,
    );
    expect(Object.keys(manifestsIn(folder))).toEqual(['chart.yaml/in-the-way']);
  });

  test('and names every file that is there when it ends in the middle; the next run repairs the rest', () => {
    writeListed({ 'old.yaml': '0' });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'deep'));
    expect(() => write({ 'a.yaml': '1', 'deep/b.yaml': '2' })).toThrow(/EEXIST|ENOENT/);
    expect(listedFiles(folder)).toEqual(expect.arrayContaining(['a.yaml', 'deep/b.yaml', 'old.yaml']));
    rmSync(join(folder, 'deep'));
    write({ 'a.yaml': '1', 'deep/b.yaml': '2' });
    expect(manifestsIn(folder)).toEqual({ 'a.yaml': '1', 'deep/b.yaml': '2' });
  });
});

test('what another run lists meanwhile stays on the list, and the next run removes it', () => {
  const files = new Map([['a.yaml', 'a']]);
  const lines = stderrLines(() =>
    writeManifests(folder, files, Symbol('app'), () => writeListed({ 'other.yaml': 'o' })),
  );
  expect(lines.join()).toContain('another synth wrote other.yaml at the same time. Run it again, alone.');
  expect(listedFiles(folder)).toEqual(['a.yaml', 'other.yaml']);
});

test('a damaged list is told of, and written anew', () => {
  writeFiles(folder, { [LIST_FILE]: 'half of a li', 'old.yaml': 'o' });
  const lines = stderrLines(() => write({ 'a.yaml': 'a' }));
  expect(lines.join()).toMatch(
    /\.capstan: must be the list of Capstan's files, got another text\. It is written anew;/,
  );
  expect(listedFiles(folder)).toEqual(['a.yaml']);
  expect(stderrLines(() => write({ 'a.yaml': 'a' }))).toEqual([]);
});
