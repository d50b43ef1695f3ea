import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoriesOf } from '../../lib/cli/select';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { formatList } from '../../lib/synth/file-list';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { capstan, exampleModel, programFolder, programModel, type Ran } from './example-program';

const two = programModel([exampleModel('studio/resize'), exampleModel('studio/crop')]);

/** A mistake is told in few lines, on stderr, without a trace. */
function tells({ code, out, err }: Ran, exitCode: number, ...texts: string[]): void {
  expect({ code, out }).toEqual({ code: exitCode, out: '' });
  for (const text of texts) expect(err).toContain(text);
  expect(err).not.toMatch(/^\s+at /m);
}

describe('help', () => {
  const commands = [
    [],
    ['synth'],
    ['plan'],
    ['simulate'],
    ['generate'],
    ['image'],
    ['image', 'build'],
    ['image', 'push'],
    ['image', 'inspect'],
    ['run'],
  ];

  test.each(commands.map((words) => [words.join(' '), words] as const))(
    'capstan %s --help tells the exit codes',
    async (_, words) => {
      const { code, out } = await capstan(temporaryFolder(), ...words, '--help');
      expect(code).toBe(0);
      for (const line of [
        '0  done',
        '1  failed',
        '2  your input',
        '3  something committed',
        '137  the worker',
      ]) {
        expect(out).toContain(line);
      }
    },
  );

  test.each(
    commands
      .filter((words) => words.length > 0 && words.join() !== 'image')
      .map((words) => [words.join(' '), words] as const),
  )('capstan %s --help has an example of it', async (name, words) => {
    const { out } = await capstan(temporaryFolder(), ...words, '--help');
    expect(out).toMatch(new RegExp(`Examples?:\\n(.*\\n)*  (sudo )?capstan ${name}`));
  });
});

describe('a mistake of the user', () => {
  test('fails for an unknown command, with the one that was meant', async () => {
    tells(await capstan(temporaryFolder(), 'pln'), 2, 'unknown command', 'Did you mean plan?');
  });

  test('fails where no program is, with what to do', async () => {
    tells(await capstan(temporaryFolder(), 'plan'), 2, 'cdk8s.yaml', 'app: node main.js');
  });

  test.each(['app: [1]\n', 'app: ""\n', 'app: "\n'])('fails for cdk8s.yaml with %j', async (text) => {
    tells(await capstan(temporaryFolder({ 'cdk8s.yaml': text }), 'plan'), 2, 'cdk8s.yaml');
  });

  test.each([
    [['-a', '', 'plan'], '--app must be the command'],
    [['synth', '-o', ''], '--output must not be empty'],
    [['synth', '--base', ''], '--base must not be empty'],
  ])('fails for %j, an option that says nothing', async (words, text) => {
    tells(await capstan(programFolder(two), ...words), 2, text);
  });

  test.each([['plan'], ['run'], ['image', 'build'], ['generate']])(
    'fails for an unknown worker: %s %s',
    async (...words) => {
      tells(await capstan(programFolder(two), ...words, 'rezise'), 2, 'Unknown name rezise', 'crop, resize');
    },
  );

  test('fails for an unknown figure', async () => {
    tells(await capstan(programFolder(two), 'plan', 'crop', '--explain', 'memory'), 2, 'memoryLimit');
  });

  test('fails with every problem of the tree, one a line', async () => {
    const problems = [
      { path: 'studio/resize', message: 'scale.max must be 3 or more, got 2. Raise it.' },
      { path: 'studio/crop', message: 'concurrency must be 1 or more, got 0. Raise it.' },
    ];
    const ran = await capstan(programFolder(programModel(two.workers, problems)), 'plan');
    tells(ran, 2);
    expect(ran.err.trim().split('\n')).toEqual(problems.map(({ path, message }) => `${path}: ${message}`));
  });

  test('fails for an ambiguous name, with the paths', async () => {
    const model = programModel([exampleModel('staging/resize'), exampleModel('production/resize')]);
    tells(
      await capstan(programFolder(model), 'run', 'resize', '--input', '.'),
      2,
      'staging/resize, production/resize',
    );
  });

  test('shows the plan of a Deployment that others made, which cannot be run', async () => {
    const { path, name, spec, plan } = exampleModel('studio/legacy');
    const folder = programFolder({ ...two, around: [{ path, name, spec, plan }] });
    expect((await capstan(folder, 'plan')).out).toContain('studio/legacy\n  poolSlots');
    expect((await capstan(folder, 'plan', 'legacy', '--explain', 'poolSlots')).out).toContain('4 slots');
    tells(
      await capstan(folder, 'run', 'legacy'),
      2,
      'legacy must be a worker, got a Deployment that Worker.around plans',
    );
  });

  describe('in several environments', () => {
    const inBoth = programModel([
      exampleModel('dev/studio/resize', { environmentName: 'dev' }),
      exampleModel('live/studio/resize', { environmentName: 'live' }),
    ]);

    test('fails for a name that stands in both, with the option that chooses', async () => {
      tells(await capstan(programFolder(inBoth), 'plan', 'resize'), 2, '--environment', 'live/studio/resize');
    });

    test('fails for an unknown environment, with the known ones', async () => {
      const ran = await capstan(programFolder(inBoth), 'plan', '-e', 'prod');
      tells(ran, 2, 'Unknown environment prod. Known are: dev, live.');
    });

    test('means the one of the option, and otherwise that of cdk8s.yaml', async () => {
      const folder = programFolder(inBoth);
      writeFiles(folder, { 'cdk8s.yaml': 'app: node main.cjs\nenvironment: dev\n' });
      const pathOf = async (...args: string[]) =>
        Object.keys(JSON.parse((await capstan(folder, 'plan', 'resize', '--json', ...args)).out));
      expect(await pathOf()).toEqual(['dev/studio/resize']);
      expect(await pathOf('--environment', 'live')).toEqual(['live/studio/resize']);
    });

    test('pushes an image to the registry of each', () => {
      const workers = ['one', 'two', 'one'].map((registry) => {
        const app = { ...exampleModel().app, repository: `${registry}.example.com/resize` };
        return exampleModel('studio/resize', { app });
      });
      expect(repositoriesOf(workers, exampleModel().app)).toEqual([
        'one.example.com/resize',
        'two.example.com/resize',
      ]);
    });
  });

  test('fails for two apps of one name in different folders', async () => {
    const other = exampleModel('b/resize', { app: { ...exampleModel().app, directory: 'other/resize' } });
    const model = programModel([exampleModel('a/resize'), other]);
    tells(await capstan(programFolder(model), 'image', 'build', '--check'), 2, 'apps/resize', 'other/resize');
  });
});

describe('a program that fails', () => {
  const fails = (script: string) =>
    temporaryFolder({ 'cdk8s.yaml': 'app: node main.cjs\n', 'main.cjs': script });

  test('is heard with its own words only, and its exit code 2 is the user’s mistake', async () => {
    const folder = fails("console.error('studio/resize: scale.max must be 3'); process.exit(2);");
    expect(await capstan(folder, 'plan')).toEqual({
      code: 2,
      out: '',
      err: 'studio/resize: scale.max must be 3\n',
    });
  });

  test('counts as failed with any other exit code', async () => {
    expect((await capstan(fails("throw new Error('broken')"), 'plan')).code).toBe(1);
  });

  test('is named when it says nothing', async () => {
    tells(await capstan(fails('process.exit(7)'), 'plan'), 1, '`node main.cjs` ended with exit code 7');
  });

  test('is told what is missing when it never synthesizes', async () => {
    tells(await capstan(fails(''), 'plan'), 2, 'CapstanApp', 'synth()');
  });

  test('is refused when it speaks another version of the model', async () => {
    tells(await capstan(programFolder({ ...two, version: 2 }), 'plan'), 2, 'another version of capstan');
  });
});

describe('capstan plan', () => {
  test('shows all workers, each under its path', async () => {
    const { code, out } = await capstan(programFolder(two), 'plan');
    expect(code).toBe(0);
    expect(out).toMatch(/^studio\/resize\n {2}poolSlots +4 slots/m);
    expect(out).toMatch(/^studio\/crop\n/m);
  });

  test('shows one figure of one worker', async () => {
    const { out } = await capstan(programFolder(two), 'plan', 'crop', '--explain', 'poolSlots');
    expect(out).toMatch(/^studio\/crop\n {2}poolSlots {2}4 slots {2}.+\n$/);
  });

  test('prints JSON by path', async () => {
    const { out } = await capstan(programFolder(two), 'plan', '--json');
    const plans = JSON.parse(out);
    expect(Object.keys(plans)).toEqual(['studio/resize', 'studio/crop']);
    expect(plans['studio/crop'].figures.poolSlots).toMatchObject({ value: 4, unit: 'slots' });
  });
});

describe('capstan run', () => {
  test('fails where the app has no folder yet, with the command that makes one', async () => {
    const folder = programFolder(two);
    const ran = await capstan(folder, 'run', 'resize', '--seed', 'http://pictures/1');
    tells(ran, 2);
    expect(ran.err).toBe(
      'studio/resize: app must be the folder of a Go app, got apps/resize without a go.mod. ' +
        'Run `npx capstan generate resize`, which makes one with a handler to fill in.\n',
    );
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('checks of what is committed', () => {
  test('capstan generate --check fails with exit code 3 and the files, and passes once they are written', async () => {
    const folder = programFolder(two);
    tells(
      await capstan(folder, 'generate', '--check'),
      3,
      'apps/resize/zz_main.gen.go',
      'npx capstan generate',
    );
    expect((await capstan(folder, 'generate')).code).toBe(0);
    expect((await capstan(folder, 'generate', '--check')).code).toBe(0);
  });

  test('capstan generate counts what is up to date', async () => {
    const folder = programFolder(two);
    await capstan(folder, 'generate');
    expect((await capstan(folder, 'generate', 'crop')).err).toBe('1 app is up to date\n');
    expect((await capstan(folder, 'generate')).err).toBe('2 apps are up to date\n');
  });

  test('capstan generate lists problems of the rest, and writes what follows from the apps', async () => {
    const problem = { path: 'studio/resize', message: 'scale.max must be 3 or more, got 2. Raise it.' };
    const folder = programFolder(programModel(two.workers, [problem]));
    const ran = await capstan(folder, 'generate', 'resize');
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('studio/resize: scale.max must be 3 or more');
    expect(ran.err).toContain('apps/resize/handler.go written');
  });

  test.each([
    'app must be a worker, got apps/resize, which is a service. Use another.',
    'source must be one.',
  ])('capstan generate fails for what is wrong with the app itself: %s', async (message) => {
    const folder = programFolder(programModel(two.workers, [{ path: 'studio/resize', message }]));
    tells(await capstan(folder, 'generate', 'resize'), 2, message);
    expect((await capstan(folder, 'generate', 'crop')).code).toBe(0);
  });

  test('capstan image build --check fails with exit code 3 and the command that renews the lock', async () => {
    tells(
      await capstan(programFolder(two), 'image', 'build', '--check'),
      3,
      'npx capstan image build resize crop',
    );
  });
});

describe('capstan synth', () => {
  /** A program that writes these manifests as a CapstanApp does. */
  function project(
    manifests: Readonly<Record<string, string>>,
    { outdir = 'process.env.CDK8S_OUTDIR', unused = 0 } = {},
  ): string {
    const library = (path: string) => JSON.stringify(join(PACKAGE_ROOT, 'lib/synth', path));
    const folder = temporaryFolder({
      'cdk8s.yaml': 'app: node --import tsx main.ts\n',
      'main.ts': `
        import { recordSynthesis } from ${library('receipt')};
        import { writeManifests } from ${library('write-manifests')};
        const outdir = ${outdir} ?? 'dist';
        writeManifests(outdir, new Map(Object.entries(${JSON.stringify(manifests)})), Symbol('app'));
        recordSynthesis(outdir, ${unused});`,
    });
    symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(folder, 'node_modules'));
    return folder;
  }

  test.each([[[]], [['--check']]])('fails when the program writes nothing (%j)', async (flags) => {
    const folder = temporaryFolder({ 'cdk8s.yaml': 'app: "true"\n', 'dist/a.k8s.yaml': 'kind: A' });
    tells(await capstan(folder, 'synth', ...flags), 2, '`true` must make a CapstanApp', 'synth()');
  });

  test('fails when the program writes elsewhere, naming where', async () => {
    const folder = project({ 'a.k8s.yaml': 'kind: A' }, { outdir: "'elsewhere'" });
    tells(await capstan(folder, 'synth'), 2, 'CDK8S_OUTDIR', join(folder, 'elsewhere'));
  });

  test('fails in one line when the folder of the manifests is a file', async () => {
    const folder = project({ 'a.k8s.yaml': 'kind: A' });
    writeFiles(folder, { dist: 'a file' });
    for (const flags of [[], ['--check']]) {
      const ran = await capstan(folder, 'synth', ...flags);
      tells(ran, 2, 'dist: must be a folder');
      expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  test('is content with --check after it has run, whatever others keep in the folder', async () => {
    const folder = project({ 'a.k8s.yaml': 'kind: A' });
    writeFiles(folder, { 'dist/README.md': 'Ours.\n', 'dist/.capstan.1.part': 'ki' });
    expect((await capstan(folder, 'synth')).code).toBe(0);
    expect((await capstan(folder, 'synth', '--check')).code).toBe(0);
  });

  test('fails with --check, exit code 3, for what no program wrote and is deployed with the rest', async () => {
    const folder = project({ 'dev/a.k8s.yaml': 'kind: A' });
    writeFiles(folder, {
      'dist/.capstan': formatList(['dev/a.k8s.yaml']),
      'dist/dev/a.k8s.yaml': 'kind: A',
      'dist/dev/planted.yaml': 'kind: Planted',
    });
    const ran = await capstan(folder, 'synth', '--check');
    tells(ran, 3, 'dist/dev/planted.yaml', 'Remove them, or keep them outside of dist/');
    expect(ran.err).not.toContain('a.k8s.yaml');
  });

  test('fails with --check, exit code 3 and the files it would write and remove', async () => {
    const folder = project({ 'a.k8s.yaml': 'kind: A' });
    writeFiles(folder, { 'dist/b.k8s.yaml': 'kind: B', 'dist/.capstan': formatList(['b.k8s.yaml']) });
    tells(await capstan(folder, 'synth', '--check'), 3, 'a.k8s.yaml', 'b.k8s.yaml');
    expect(existsSync(join(folder, 'dist/a.k8s.yaml'))).toBe(false);
  });

  test('fails with --check, exit code 3, for acknowledgements that set nothing aside', async () => {
    const folder = project({ 'a.k8s.yaml': 'kind: A' }, { unused: 2 });
    expect((await capstan(folder, 'synth')).code).toBe(0);
    tells(await capstan(folder, 'synth', '--check'), 3, '2 acknowledgements set nothing aside. Remove them.');
  });
});
