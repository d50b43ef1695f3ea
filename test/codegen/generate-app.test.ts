import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mainFile, withRuntime } from '../../lib/codegen/app-files';
import { driftOfApp, type GeneratedApp, generateApp } from '../../lib/codegen/generate-app';
import { localReplacements, requirements } from '../../lib/codegen/go-mod';
import { modulesOf } from '../../lib/codegen/runtime-modules';
import { PACKAGE_ROOT, RUNTIME_FOLDER } from '../../lib/package-root';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const app = {
  name: 'resize',
  directory: 'apps/resize',
  kind: 'worker',
  handler: 'Handle',
  brokers: [],
} as const;

/** Modules that a go.mod names as its own, not as requirements of the runtime. */
const OWN = new Set(['resize', 'capstan']);

function read(folder: string, file: string): string {
  return readFileSync(join(folder, 'apps/resize', file), 'utf8');
}

describe('generating an app', () => {
  test('makes a whole app of an empty folder, once', () => {
    const folder = temporaryFolder();
    const files = ['zz_main.gen.go', 'go.mod', 'go.sum', 'handler.go'].map((file) =>
      join('apps/resize', file),
    );
    expect(generateApp(folder, app)).toEqual(files);
    expect(generateApp(folder, app)).toEqual([]);
    expect(driftOfApp(folder, app)).toEqual([]);
  });

  test('asks for what the runtime needs for its form, without test libraries', () => {
    const folder = temporaryFolder();
    generateApp(folder, app);
    const asked = requirements(read(folder, 'go.mod')).map(({ module }) => module);
    expect(asked.sort()).toEqual(['capstan', ...modulesOf(app)].sort());
  });

  test('never touches a handler, whatever its file is called', () => {
    const folder = temporaryFolder({ 'apps/resize/resize.go': 'package main\n' });
    expect(generateApp(folder, app)).not.toContain(join('apps/resize', 'handler.go'));
    expect(read(folder, 'resize.go')).toBe('package main\n');
  });

  test('leaves go.sum and the rest of go.mod to their owner', () => {
    const folder = temporaryFolder();
    generateApp(folder, app);
    const goMod = `${read(folder, 'go.mod')}\nrequire example.com/own v1.2.3\n`;
    const goSum = `own v1.0.0 h1:x\n${read(folder, 'go.sum')}`;
    writeFiles(folder, { 'apps/resize/go.mod': goMod, 'apps/resize/go.sum': goSum });
    expect(generateApp(folder, app)).toEqual([]);
    expect(read(folder, 'go.sum')).toBe(goSum);
  });

  test('finds drift: an edited main, a runtime that is elsewhere', () => {
    const folder = temporaryFolder();
    generateApp(folder, app);
    const goMod = read(folder, 'go.mod');
    writeFiles(folder, {
      'apps/resize/zz_main.gen.go': 'package main\n',
      'apps/resize/go.mod': goMod.replace(/^replace capstan => .*$/m, 'replace capstan => ../old'),
    });
    const drifted = ['zz_main.gen.go', 'go.mod'].map((file) => join('apps/resize', file));
    expect(driftOfApp(folder, app)).toEqual(drifted);
    generateApp(folder, app);
    expect(read(folder, 'go.mod')).toBe(goMod);
  });

  const forms: [string, Partial<GeneratedApp>][] = [
    ['Handle', { handler: 'Handle' }],
    ['New', { handler: 'New' }],
    ['a worker of JetStream', { brokers: ['jetstream'] }],
    ['a worker of Kafka', { brokers: ['kafka'] }],
    ['a worker of Redis', { brokers: ['redis'] }],
    ['a service that publishes', { kind: 'service', handler: 'New', brokers: ['jetstream'] }],
    ['a worker with traces', { brokers: ['jetstream', 'telemetry'] }],
    ['a worker with an adaptive limit', { brokers: ['adaptive'] }],
    ['a service with traces', { kind: 'service', handler: 'New', brokers: ['telemetry'] }],
    ['a program', { kind: 'program' }],
  ];

  test.each(forms)(
    'writes a scaffold that compiles for %s',
    (_, form) => {
      const folder = temporaryFolder();
      generateApp(folder, { ...app, ...form });
      const options = {
        cwd: join(folder, app.directory),
        stdio: 'pipe',
        encoding: 'utf8',
        timeout: 300_000,
      } as const;
      const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' };
      execFileSync('go', ['vet', '-mod=readonly', '.'], { ...options, env });
      expect(execFileSync('gofmt', ['-l', '.'], options)).toBe('');
      const modules = execFileSync('go', ['list', '-deps', '-f', '{{with .Module}}{{.Path}}{{end}}', '.'], {
        ...options,
        env: { ...env, GOOS: 'linux' },
      });
      const needed = modulesOf({ ...app, ...form });
      const used = new Set(modules.split('\n').filter((line) => line !== '' && !OWN.has(line)));
      expect([...used].sort()).toEqual([...needed].sort());
    },
    310_000,
  );

  test('gives an app that gets a broker what the client needs, and no other version of what it has', () => {
    const folder = temporaryFolder();
    generateApp(folder, app);
    const before = read(folder, 'go.mod').replace(/golang.org\/x\/sys \S+/, 'golang.org/x/sys v9.9.9');
    const old = `${before}\nrequire github.com/nats-io/nuid v1.0.0\n`;
    writeFiles(folder, { 'apps/resize/go.mod': old, 'apps/resize/go.sum': 'own v1.0.0 h1:x\n' });
    const withBroker = { ...app, brokers: ['jetstream'] } as const;
    const changed = ['zz_main.gen.go', 'go.mod', 'go.sum'].map((file) => join('apps/resize', file));
    expect(generateApp(folder, withBroker)).toEqual(changed);
    expect(generateApp(folder, withBroker)).toEqual([]);
    const versions = new Map(
      requirements(read(folder, 'go.mod')).map(({ module, version }) => [module, version]),
    );
    const runtime = new Map(
      requirements(readFileSync(join(RUNTIME_FOLDER, 'go.mod'), 'utf8')).map(({ module, version }) => [
        module,
        version,
      ]),
    );
    for (const module of ['github.com/nats-io/nats.go', 'github.com/nats-io/nuid']) {
      expect(versions.get(module)).toBe(runtime.get(module));
    }
    expect(versions.get('golang.org/x/sys')).toBe('v9.9.9');
    expect(read(folder, 'go.sum')).toMatch(/^own v1.0.0 h1:x$/m);
    expect(read(folder, 'go.sum')).toMatch(/^github.com\/nats-io\/nats.go v\S+ h1:/m);
    expect(read(folder, 'zz_main.gen.go')).toContain(
      'worker.Main(worker.Stateless(Handle), jetstream.Driver)',
    );
  });

  test('fails to compile against a runtime that is too old', () => {
    const folder = temporaryFolder({
      'old/go.mod': 'module capstan\n\ngo 1.26.0\n',
      'old/worker/worker.go':
        'package worker\n\nfunc Main(any) {}\n\nfunc Stateless(h func()) func() { return h }\n',
      'app/go.mod': 'module app\n\ngo 1.26.0\n\nrequire capstan v0.0.0\n\nreplace capstan => ../old\n',
      'app/handler.go': 'package main\n\nfunc Handle() {}\n',
      'app/zz_main.gen.go': mainFile(app) ?? '',
    });
    const build = () =>
      execFileSync('go', ['build', '-o', join(folder, 'binary'), '.'], {
        cwd: join(folder, 'app'),
        env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
        stdio: 'pipe',
        timeout: 300_000,
      });
    expect(build).toThrow(/undefined: worker\.IsAtLeastVersion/);
    writeFiles(folder, { 'old/worker/version.go': 'package worker\n\nconst IsAtLeastVersion0_1 = true\n' });
    expect(build).not.toThrow();
  }, 310_000);

  test('the generated main is short and says that it is generated', () => {
    for (const handler of ['Handle', 'New'] as const) {
      const text = mainFile({ ...app, handler }) ?? '';
      expect(text.split('\n').length).toBeLessThan(60);
      expect(text).toMatch(/^\/\/ Code generated .* DO NOT EDIT\.$/m);
    }
  });
});

describe('go.mod', () => {
  test('local replacements are read in all forms, others are not', () => {
    const text = `module a

require capstan v0.0.0 // indirect
replace capstan => ../../go // ours
replace (
	b v1.0.0 => ./b
	c => "../with space"
	d => example.com/fork v1.0.0
)
`;
    expect(localReplacements(text)).toEqual([
      { module: 'b', path: './b' },
      { module: 'c', path: '../with space' },
      { module: 'capstan', path: '../../go' },
    ]);
  });

  test.each([
    ['replace capstan => ../old\n', 'replace capstan => ../go\n'],
    ['replace (\n\tcapstan v0.0.0 => ../old\n)\n', 'replace (\n\tcapstan => ../go\n)\n'],
    ['replace capstan v0.0.0 => ../old\n', 'replace capstan => ../go\n'],
  ])('the runtime is replaced in place: %j', (before, after) => {
    const head = 'module a\n\nrequire capstan v0.0.0\n\n';
    expect(withRuntime(head + before, '../go')).toBe(head + after);
  });

  test('the runtime is added where it is missing', () => {
    const text = withRuntime('module a\n', '../go');
    expect(requirements(text)).toEqual([{ module: 'capstan', version: 'v0.0.0' }]);
    expect(localReplacements(text)).toEqual([{ module: 'capstan', path: '../go' }]);
  });

  test('the apps of this repository are as they would be generated', () => {
    const forms: [string, Partial<GeneratedApp>][] = [
      ['develop', { handler: 'New', brokers: ['jetstream', 'telemetry'] }],
      ['crawl', { handler: 'New', brokers: ['telemetry'] }],
      ['sweep', { handler: 'New', brokers: ['telemetry'] }],
      ['upload', { kind: 'service', handler: 'New', brokers: ['jetstream', 'telemetry'] }],
      ['tail', { kind: 'program' }],
    ];
    for (const [name, form] of forms) {
      const drift = driftOfApp(PACKAGE_ROOT, { ...app, ...form, name, directory: join('apps', name) });
      expect(drift).toEqual([]);
    }
  });
});
