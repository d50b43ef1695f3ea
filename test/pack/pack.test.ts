import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { type Ended, PackedProject } from './packed-project';

const MINUTES = 60_000;
// Each test runs real programs.
jest.setTimeout(10 * MINUTES);

let project: PackedProject;

beforeAll(() => {
  project = new PackedProject();
  project.fetchGoModules();
});

afterAll(() => project?.remove());

function succeeds(ended: Ended): string {
  expect([ended.code, ended.code === 0 ? '' : ended.stdout + ended.stderr]).toEqual([0, '']);
  return ended.stdout;
}

describe('the packed package', () => {
  test('holds the runtime, the builder, the contract and the documents, and no tests, test data or sources', () => {
    for (const file of [
      'go/go.mod',
      'go/worker/main.go',
      'go/image/main.go',
      'go/apps/streams/main.go',
      'contract/worker.schema.json',
      'docs/runtime.md',
    ]) {
      expect(project.files).toContain(file);
    }
    const apart = project.files.filter((file) =>
      /_test\.go$|testdata|\.test\.|^(test|docs\/api|lib|apps|tools)\//.test(file),
    );
    expect(apart).toEqual([]);
  });

  test('exports only files that it holds', () => {
    const targets = Object.values(project.manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(4);
    expect(targets.filter((target) => !existsSync(join(project.package, target)))).toEqual([]);
  });

  test('types a program, and refuses a wrong one', () => {
    const compiler = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');
    succeeds(project.node(compiler, '-p', '.'));
  });

  test('loads a construct when a program asks for it, whichever module system it is written for', () => {
    const loaded = 'Object.keys(require.cache).some((path) => /capstan.build.lib.worker/.test(path))';
    const early = `const { CapstanApp } = require('capstan'); console.log(typeof CapstanApp, ${loaded})`;
    expect(succeeds(project.node('-e', early))).toBe('function false\n');
    const late = `const { Worker } = require('capstan'); console.log(typeof Worker, ${loaded})`;
    expect(succeeds(project.node('-e', late))).toBe('function true\n');
    const imports =
      "import { CapstanApp, refine, Worker } from 'capstan'; console.log(typeof CapstanApp, typeof Worker)";
    expect(succeeds(project.node('--input-type=module', '-e', imports))).toBe('function function\n');
  });

  test('fails a synth before the image is built, naming the command that builds it', () => {
    const { code, stderr } = project.capstan('synth');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    for (const name of ['resize', 'capstan-streams']) {
      expect(stderr).toContain(`npx capstan image build ${name}`);
    }
  });

  test('builds the worker of a handler offline, and leaves the handler as it is', () => {
    const handler = project.read('apps/resize/handler.go');
    const [image] = JSON.parse(succeeds(project.capstan('image', 'build', '--json'))) as [{ digest: string }];
    const lock = JSON.parse(project.read('images.lock.json')) as { resize: { digest: string } };
    expect(image.digest).toBe(lock.resize.digest);
    expect(project.read('apps/resize/handler.go')).toBe(handler);
    expect(project.read('apps/resize/go.mod')).toContain(
      'replace capstan => ../../node_modules/capstan/go\n',
    );
  });

  test('builds a program that it brings along, and writes nothing into it', () => {
    const lock = JSON.parse(project.read('images.lock.json'));
    expect(Object.keys(lock)).toEqual(['capstan-streams', 'resize']);
    expect(existsSync(join(project.package, 'go/apps/streams/zz_main.gen.go'))).toBe(false);
  });

  test('synthesizes manifests that name that image', () => {
    succeeds(project.capstan('synth'));
    const lock = JSON.parse(project.read('images.lock.json')) as {
      resize: { digest: string; tag: string };
    };
    const { tag, digest } = lock.resize;
    expect(project.read('dist/studio.k8s.yaml')).toContain(`image: localhost:5000/resize:${tag}@${digest}`);
  });

  test('builds nothing again that is as it was', () => {
    const images: { state: string }[] = JSON.parse(succeeds(project.capstan('image', 'build', '--json')));
    expect(images.map(({ state }) => state)).toEqual(['fresh', 'fresh']);
    expect(succeeds(project.capstan('image', 'build'))).toMatch(/^As before: [\w-]+, [\w-]+\n$/);
  });

  test('fails, and keeps the lock, when the same inputs give another image than it has', () => {
    const lock = project.read('images.lock.json');
    const other = JSON.parse(lock);
    other.resize.digest = `sha256:${'0'.repeat(64)}`;
    project.write('images.lock.json', JSON.stringify(other));
    const { code, stderr } = project.capstan('image', 'build');
    expect(code).toBe(1);
    expect(stderr).toContain('not the one in images.lock.json');
    expect(JSON.parse(project.read('images.lock.json'))).toEqual(other);
    project.write('images.lock.json', lock);
  });

  test('pushes the image to a registry, which then has that digest', async () => {
    const registry = await project.startRegistry();
    try {
      const to = `${registry.address}/resize:test`;
      const ended = project.capstan('image', 'push', 'resize', '--to', to, '--insecure', '--json');
      const { digest } = JSON.parse(project.read('images.lock.json')).resize;
      expect(JSON.parse(succeeds(ended))).toEqual([`${to}@${digest}`]);
      const found = await fetch(`http://${registry.address}/v2/resize/manifests/${digest}`, {
        method: 'HEAD',
      });
      expect(found.status).toBe(200);
    } finally {
      await registry.stop();
    }
  });

  test('runs the worker', () => {
    const seeds = ['http://pictures/1', 'http://pictures/2'];
    const result = JSON.parse(succeeds(project.capstan('run', 'resize', '--json', '--seed', ...seeds)));
    expect(result.report.tasks).toMatchObject({ done: 2, dead: 0 });
  });
});
