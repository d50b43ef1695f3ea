import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { CapstanApp, GoApp, Source, TaskProfile, Worker } from '../../lib';
import { workersOf } from '../../lib/model';
import { temporaryFolder } from '../temporary-folder';

const INPUTS = `sha256:${'0a'.repeat(32)}`;

const PROFILE = {
  version: 1,
  app: 'resize',
  inputs: INPUTS,
  task: {
    cpuSeconds: 0.0405,
    durationSeconds: { mean: 0.09, max: 20 },
    memoryBytes: { base: 24 * 2 ** 20, perTask: 61_440 },
  },
};

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'profile.json');
  writeFileSync(file, text);
  return file;
}

function worker(task: TaskProfile) {
  const chart = new Chart(new CapstanApp({ outdir: temporaryFolder() }), 'studio');
  return new Worker(chart, 'resize', {
    app: GoApp.fromDirectory('apps/develop', { handler: 'New' }),
    source: Source.memory(),
    task,
    concurrency: 4,
    scale: { min: 1, max: 4, drainWithin: Duration.minutes(1) },
  });
}

/** What is wrong with a worker, but for images. */
function problemsOf(of: Worker): string[] {
  return of.node.validate().filter((line) => !line.startsWith('app '));
}

describe('TaskProfile.fromFile', () => {
  test('plans what was measured', () => {
    const resize = worker(TaskProfile.fromFile(fileWith(JSON.stringify(PROFILE))));
    expect(problemsOf(resize)).toEqual([]);
    const [model] = workersOf(resize);
    expect(model?.spec.task).toEqual(PROFILE.task);
    expect(model?.profile?.inputs).toBe(INPUTS);
  });

  test('takes the longest time from the program, and bears a spread', () => {
    const file = fileWith(JSON.stringify(PROFILE));
    const measured = TaskProfile.fromFile(file, { max: Duration.seconds(7) });
    const scratch = { base: Size.mebibytes(32), perTask: Size.mebibytes(1) };
    const [model] = workersOf(worker({ ...measured, scratch }));
    expect(model?.spec.task.durationSeconds.max).toBe(7);
    expect(model?.spec.task.scratchBytes).toEqual({ base: 2 ** 25, perTask: 2 ** 20 });
    expect(model?.profile).toEqual({ file, inputs: INPUTS });
  });

  test('fails with one line for what is wrong with the file, and with nothing that follows from it', () => {
    const { task } = PROFILE;
    const wrong = fileWith(JSON.stringify({ ...PROFILE, task: { ...task, cpuSeconds: -1 } }));
    expect(problemsOf(worker(TaskProfile.fromFile(wrong)))).toEqual([
      `${wrong}: task.cpuSeconds must be a number from 0 to 604800, got -1. Correct it, or measure again with \`npx capstan measure\`.`,
    ]);
    expect(problemsOf(worker(TaskProfile.fromFile('none/profile.json')))).toEqual([
      expect.stringMatching(
        /^task must be in none\/profile\.json, got (Error: )?ENOENT.*\. Give estimates in its place .*, write it with `npx capstan measure`/,
      ),
    ]);
    const noJson = fileWith('{');
    expect(problemsOf(worker(TaskProfile.fromFile(noJson)))).toEqual([
      expect.stringMatching(new RegExp(`^task must be in ${noJson}, got .*JSON`)),
    ]);
  });

  test('fails for options of another type', () => {
    const wrong = { max: 20 } as unknown as { max: Duration };
    expect(() => TaskProfile.fromFile('profile.json', wrong)).toThrow(/max must be/);
  });
});
