import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ProgramModel } from '../../lib';

const root = join(__dirname, '../..');
const library = JSON.stringify(join(root, 'lib'));
const cdk8s = JSON.stringify(join(root, 'node_modules/cdk8s'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-program-'));
});

/** Runs a program as a user does; `body` comes after the imports. */
function run(body: string, env: Record<string, string> = {}) {
  const file = join(folder, 'main.ts');
  writeFileSync(
    file,
    `import { CapstanApp, GoApp, Source, SpecError, Worker } from ${library};
     import { Chart, Duration, Size } from ${cdk8s};
     const app = new CapstanApp({ images: { resolve: () => ({ reference: 'it:1@sha256:' + '0'.repeat(64) }) } });
     const worker = (id: string, concurrency: number) => new Worker(chart, id, {
       app: GoApp.fromDirectory('apps/' + id),
       source: Source.memory(),
       task: {
         cpuTime: Duration.millis(40),
         duration: { mean: Duration.millis(90), max: Duration.seconds(20) },
         memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(60) },
       },
       concurrency,
       scale: { min: 3, max: 10, drainWithin: Duration.minutes(1) },
     });
     const chart = new Chart(app, 'darkroom');
     ${body}`,
  );
  const out = join(folder, 'dist');
  return spawnSync(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: out, CAPSTAN_MODEL: '', ...env },
  });
}

describe('a program', () => {
  test('writes into the folder that cdk8s synth names, and says nothing', () => {
    const result = run(`worker('develop', 4); app.synth();`);
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readdirSync(join(folder, 'dist'))).toEqual(['.capstan', 'darkroom.k8s.yaml']);
  });

  test('writes its model instead, without asking for images', () => {
    const model = join(folder, 'model.json');
    const body = `app.images.resolve = () => { throw new Error('asked'); }; worker('develop', 4); app.synth();`;
    expect(run(body, { CAPSTAN_MODEL: model })).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readdirSync(folder)).not.toContain('dist');
    const { problems, workers }: ProgramModel = JSON.parse(readFileSync(model, 'utf8'));
    expect(problems).toEqual([]);
    expect(workers).toMatchObject([
      {
        path: 'darkroom/develop',
        app: {
          name: 'develop',
          directory: 'apps/develop',
          repository: 'localhost:5000/develop',
          kind: 'worker',
          handler: 'Handle',
          brokers: [],
        },
        plan: { name: 'develop', figures: { poolSlots: { value: 4 } } },
        contract: { contract: 1, pool: { slots: 4 } },
        environment: { CAPSTAN_CONFIG: '/etc/capstan/worker.json' },
      },
    ]);
  });

  test('lists its problems in the model', () => {
    const model = join(folder, 'model.json');
    expect(run(`worker('develop', 0); app.synth();`, { CAPSTAN_MODEL: model }).status).toBe(0);
    const { problems }: ProgramModel = JSON.parse(readFileSync(model, 'utf8'));
    expect(problems).toMatchObject([
      { path: 'darkroom/develop', message: expect.stringMatching(/^concurrency must/) },
    ]);
  });
});

describe('fails', () => {
  test('with the problems of the whole tree and exit code 2, without a stack trace', () => {
    const result = run(`worker('develop', 0); worker('crawl', 1.5); app.synth();`);
    expect(result.status).toBe(2);
    expect(result.stdout).toBe('');
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^darkroom\/develop: concurrency must be a whole number of 1 or more, got 0\. /);
    expect(lines[1]).toMatch(
      /^darkroom\/crawl: concurrency must be a whole number of 1 or more, got 1\.5\. /,
    );
  });

  test('in the same way after an await', () => {
    const result = run(`worker('develop', 0); void (async () => { await null; app.synth(); })();`);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/^darkroom\/develop: concurrency [^\n]*\n$/);
  });

  test('in one line with exit code 2 when the folder of the manifests is a file', () => {
    writeFileSync(join(folder, 'dist'), 'a file');
    const result = run(`worker('develop', 4); app.synth();`);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/^\S+dist: must be a folder that can be written, got EEXIST[^\n]*\n$/);
  });

  test.each([
    ['EROFS', 2, 'must be a folder that can be written'],
    ['EACCES', 2, 'must be a folder that can be written'],
    ['ENOSPC', 1, 'Make room'],
  ])('in one line when the system answers %s, with exit code %i', (code, status, text) => {
    const error = `Object.assign(new Error('${code}: refused, write'), { code: '${code}', syscall: 'write' })`;
    const result = run(
      `worker('develop', 4);
       require('node:fs').writeFileSync = () => { throw ${error}; };
       require('node:module').syncBuiltinESMExports();
       app.synth();`,
    );
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(new RegExp(`^\\S+dist: [^\\n]*${code}: refused, write[^\\n]*\\n$`));
    expect(result.stderr).toContain(text);
  });

  test('as Node does for any other error, with its stack', () => {
    const result = run(`worker('develop', 0); try { app.synth(); } catch {} throw new TypeError('a bug');`);
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/TypeError: a bug\n\s+at /);
  });

  test('as the program wants, when it catches the error or listens for it', () => {
    const caught = `try { app.synth(); } catch (error) { console.log(error instanceof SpecError, error.problems.length); }`;
    expect(run(`worker('develop', 0); ${caught}`)).toMatchObject({
      status: 0,
      stdout: 'true 1\n',
      stderr: '',
    });
    const heard = `process.on('uncaughtException', (error) => { console.log('heard', error.name); });`;
    expect(run(`worker('develop', 0); ${heard} app.synth();`)).toMatchObject({
      status: 0,
      stdout: 'heard SpecError\n',
      stderr: '',
    });
  });
});
