import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  copyPhotos,
  develop,
  finished,
  logLines,
  PHOTOS,
  startDevelop,
  temporaryFolder,
} from './confined-run';

const GOOD = 21;
const BROKEN = ['broken/200 megapixels.png', 'broken/card error.jpg', 'broken/empty.jpg'];

const folder = temporaryFolder('image');
afterAll(() => folder.remove());

beforeAll(() => {
  execFileSync(process.execPath, ['bin/capstan.cjs', 'image', 'build', 'develop'], { stdio: 'pipe' });
}, 300_000);

describe('the image of develop under runc', () => {
  test('finishes all good photos within the planned memory', async () => {
    const output = `${folder.path}/whole`;
    const { code, report } = await develop(output, '--input', PHOTOS);
    expect(code).toBe(0);
    expect(report?.tasks).toMatchObject({ done: GOOD, dead: BROKEN.length, handedBack: 0 });
    expect(report?.deadLetters.map(({ id }) => id).sort()).toEqual(BROKEN);
    expect(finished(output)).toHaveLength(GOOD);
    const limit = report?.process.goMemLimitBytes ?? 0;
    expect(report?.process.maxRssBytes).toBeLessThan(limit / 0.9);
  });

  test('redoes nothing in a second run', async () => {
    const { code, report } = await develop(`${folder.path}/whole`, '--input', PHOTOS);
    expect(code).toBe(0);
    expect(report?.tasks).toMatchObject({ done: 0, alreadyDone: GOOD, dead: 0 });
  });

  test('obeys SIGTERM within its grace period and loses nothing', async () => {
    const output = `${folder.path}/stopped`;
    // A third of a core, so that the signal falls into the middle of the run.
    const run = startDevelop(output, '--input', PHOTOS, '--cpu', '0.3');
    await run.logged('"msg":"task finished"', 2);
    run.command.kill('SIGTERM');
    const { code, text, report } = await run.ended;
    expect(report).toMatchObject({ reason: 'signal', exitCode: 5 }); // tasks are left
    expect(code).toBe(1); // the worker drained well, but the run is not complete
    expect(text).toContain('Stopped by SIGTERM before everything was done');
    expect(report?.drainSeconds).toBeLessThan(20);
    const before = finished(output);
    expect(before).toHaveLength(report?.tasks.done ?? -1);
    expect(before.length).toBeLessThan(GOOD);

    const { report: rest } = await develop(output, '--input', PHOTOS);
    expect(rest?.tasks).toMatchObject({ done: GOOD - before.length, alreadyDone: before.length });
    expect(finished(output)).toHaveLength(GOOD);
  });

  test('says plainly that it was killed for memory, and the next run finishes the rest', async () => {
    const output = `${folder.path}/starved`;
    const killed = await develop(output, '--input', PHOTOS, '--memory', '40Mi');
    expect(killed.code).toBe(137);
    expect(killed.text).toMatch(/killed .*memory.*40 MiB/);
    expect(killed.report).toBeUndefined();
    const before = finished(output);

    const { code, report } = await develop(output, '--input', PHOTOS);
    expect(code).toBe(0);
    expect(report?.tasks).toMatchObject({ done: GOOD - before.length, alreadyDone: before.length });
    expect(finished(output)).toHaveLength(GOOD);
  });

  test('sends an input that was in flight in two killed runs to the dead letter', async () => {
    const input = copyPhotos(`${folder.path}/two`, 'tiny.jpg', 'progressive dusk.jpg');
    const output = `${folder.path}/twice`;
    for (const _ of [1, 2]) {
      const { code } = await develop(output, '--input', input, '--memory', '30Mi');
      expect(code).toBe(137);
    }
    const { code, report } = await develop(output, '--input', input);
    expect(code).toBe(0);
    expect(report?.deadLetters.map(({ id, reason }) => [id, reason])).toEqual([
      ['progressive dusk.jpg', expect.stringMatching(/in flight in 2 .*killed/)],
    ]);
    expect(finished(output)).toEqual(['tiny.jpg']);
    expect(logLines(output).join('\n')).not.toContain('"level":"ERROR"');
  });
});
