import { execFile } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { hashImageInputs } from '../../lib/codegen/image-inputs';
import {
  imageTag,
  type LockedImage,
  lockImage,
  readImageLock,
  resolveImage,
} from '../../lib/codegen/image-lock';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { formatProblem } from '../../lib/plan/problem';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

function imageOf(inputs: string): LockedImage {
  return { inputs, tag: imageTag(inputs), digest: digest('d'), platforms: { 'linux/amd64': digest('a') } };
}

function project(): { app: { name: string; directory: string; repository: string }; lockFile: string } {
  const folder = temporaryFolder({ 'apps/a/go.mod': 'module a\n', 'apps/a/handler.go': 'package main\n' });
  const app = { name: 'a', directory: join(folder, 'apps/a'), repository: 'registry.example/team/a' };
  return { app, lockFile: join(folder, 'images.lock.json') };
}

function problemOf(...[app, lockFile]: Parameters<typeof resolveImage>): string {
  const found = resolveImage(app, lockFile);
  return 'problem' in found ? formatProblem(found.problem) : found.reference;
}

describe('resolving an image', () => {
  test('names it by tag and digest when its sources are those of the lock', () => {
    const { app, lockFile } = project();
    const locked = imageOf(hashImageInputs(app));
    lockImage(lockFile, app.name, locked);
    const reference = `registry.example/team/a:${locked.tag}@${locked.digest}`;
    expect(resolveImage(app, lockFile)).toEqual({ reference });
  });

  test('fails without an entry, with the command that makes one', () => {
    const { app, lockFile } = project();
    expect(problemOf(app, lockFile)).toMatch(
      /must have an image in .*, got none\. Run `npx capstan image build a` and commit images\.lock\.json\.$/,
    );
  });

  test('fails when the sources changed, with the command that renews the entry', () => {
    const { app, lockFile } = project();
    lockImage(lockFile, app.name, imageOf(hashImageInputs(app)));
    writeFiles(app.directory, { 'handler.go': 'package main // changed\n' });
    expect(problemOf(app, lockFile)).toMatch(/other inputs .*Run `npx capstan image build a`/);
  });

  test('fails for a lock that is no file, in one line', () => {
    const { app } = project();
    expect(problemOf(app, app.directory)).toMatch(
      /^app must be in .*, got no file that can be read \(.*EISDIR/,
    );
  });

  test('fails for a folder that is no Go app', () => {
    const { app, lockFile } = project();
    expect(problemOf({ ...app, directory: join(app.directory, 'nope') }, lockFile)).toContain(
      'without a go.mod',
    );
  });

  const broken: [string, string][] = [
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['has a digest that is none', JSON.stringify({ a: { ...imageOf(digest('1')), digest: 'sha256:12' } })],
    ['has a tag of other inputs', JSON.stringify({ a: { ...imageOf(digest('1')), tag: 'latest' } })],
  ];

  test.each(broken)('fails for a lock file that %s, as a problem rather than by throwing', (_, text) => {
    const { app, lockFile } = project();
    writeFiles(join(lockFile, '..'), { 'images.lock.json': text });
    expect(problemOf(app, lockFile)).toContain('cannot be read');
  });
});

describe('locking an image', () => {
  test('keeps the others, sorted by name', () => {
    const { lockFile } = project();
    for (const name of ['b', 'c', 'a']) lockImage(lockFile, name, imageOf(digest('1')));
    lockImage(lockFile, 'b', imageOf(digest('2')));
    expect(Object.keys(readImageLock(lockFile))).toEqual(['a', 'b', 'c']);
    expect(readImageLock(lockFile).b?.inputs).toBe(digest('2'));
  });

  test('loses no entry when processes do it at the same time', async () => {
    const { lockFile } = project();
    const names = ['a', 'b', 'c', 'd'];
    const script = `
      require('tsx/cjs/api').register();
      const { lockImage } = require('./lib/codegen/image-lock.ts');
      for (let i = 0; i < 20; i++) lockImage(process.argv[1], process.argv[2] + i, JSON.parse(process.argv[3]));`;
    const image = JSON.stringify(imageOf(digest('1')));
    const run = (name: string) =>
      promisify(execFile)(process.execPath, ['-e', script, lockFile, name, image], { cwd: PACKAGE_ROOT });
    await Promise.all(names.map(run));
    expect(Object.keys(readImageLock(lockFile))).toHaveLength(names.length * 20);
  });

  test('takes over from a process that died', () => {
    const { lockFile } = project();
    writeFiles(join(lockFile, '..'), { 'images.lock.json.lock': '' });
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(`${lockFile}.lock`, longAgo, longAgo);
    lockImage(lockFile, 'a', imageOf(digest('1')));
    expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toHaveProperty('a');
  });
});
