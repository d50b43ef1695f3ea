import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { acknowledge, CapstanApp } from '../../lib';
import { gitPlaceOf } from '../../lib/synth/committed/git';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { commitAll, git } from './git-project';
import { manifestsIn } from './manifests-in';
import { stderrLines } from './stderr-lines';

let folder: string;
let outdir: string;
beforeEach(() => {
  folder = temporaryFolder();
  outdir = join(folder, 'dist');
});
afterEach(() => {
  delete process.env.CAPSTAN_BASE;
});

type Names = Readonly<Record<string, string>>;

/** Synthesizes Deployments, by name the tier that they select. */
function synth(tiers: Names, { reason, type }: { reason?: string; type?: YamlOutputType } = {}): void {
  const app = new CapstanApp({ outdir, ...(type !== undefined && { yamlOutputType: type }) });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  for (const [name, tier] of Object.entries(tiers)) {
    const labels = { tier };
    const object = new ApiObject(chart, name, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'it', image: 'it:1' }] } },
      },
    });
    if (reason !== undefined) acknowledge(object, 'immutable-field', reason);
  }
  app.synth();
}

/** Files that this process wrote into a folder are those of other apps of one program: so the folder is another. */
function inAnotherProcess(): void {
  const copied = join(temporaryFolder(), 'dist');
  cpSync(outdir, copied, { recursive: true });
  outdir = copied;
}

const CHANGED = 'Deployment web /spec/selector/matchLabels/tier must stay "web", as committed';

describe.each([[[]], [['--object-format=sha256']]])('in a git work tree (%j)', (format) => {
  beforeEach(() => {
    git(folder, 'init', '--quiet', ...format);
  });

  test('manifests are compared with those of the last commit, whatever lies in the folder', () => {
    synth({ web: 'web' });
    commitAll(folder);
    synth({ web: 'web', api: 'one' });
    expect(() => synth({ web: 'web', api: 'two' })).not.toThrow();
    rmSync(outdir, { recursive: true });
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    expect(manifestsIn(outdir)).toEqual({});
  });

  test('an acknowledgement is needed until the change is committed', () => {
    synth({ web: 'web' });
    commitAll(folder);
    synth({ web: 'other' }, { reason: 'It is deleted first.' });
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    commitAll(folder);
    expect(() => synth({ web: 'other' })).not.toThrow();
  });

  test('CAPSTAN_BASE names the commit that is deployed', () => {
    synth({ web: 'web' });
    commitAll(folder);
    git(folder, 'tag', 'deployed');
    synth({ web: 'other' }, { reason: 'It is deleted first.' });
    commitAll(folder);
    synth({ web: 'other' });
    process.env.CAPSTAN_BASE = 'deployed';
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
  });
});

describe('in a git work tree', () => {
  test('without a commit, or where manifests are not committed, they are compared with the folder', () => {
    git(folder, 'init', '--quiet');
    synth({ web: 'web' });
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    writeFiles(folder, { '.gitignore': 'dist\n' });
    commitAll(folder);
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
  });

  test('added to another, and run by a hook of yet another', () => {
    git(folder, 'init', '--quiet');
    synth({ web: 'web' });
    commitAll(folder);
    const linked = join(temporaryFolder(), 'linked');
    git(folder, 'worktree', 'add', '--quiet', linked);
    outdir = join(linked, 'dist');
    process.env.GIT_DIR = join(temporaryFolder(), '.git');
    try {
      expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  test('that the folder is, with files that are nobody’s', () => {
    outdir = folder;
    git(folder, 'init', '--quiet');
    writeFiles(folder, { 'README.md': 'Ours.\n', 'other.k8s.yaml': 'kind: Other\n' });
    synth({ web: 'web' });
    commitAll(folder);
    expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    expect(gitPlaceOf(folder)).toEqual({ root: folder, path: '' });
  });

  test.each(['HEAD:dist', '--help', '-r'])('fails when CAPSTAN_BASE is %s, which is no commit', (base) => {
    git(folder, 'init', '--quiet');
    synth({ web: 'web' });
    commitAll(folder);
    process.env.CAPSTAN_BASE = base;
    expect(() => synth({ web: 'api' })).toThrow(
      `got ${base}: git says "fatal: Not a valid object name ${base}". Fetch it, or leave it out.`,
    );
  });

  test('fails when CAPSTAN_BASE names no commit', () => {
    git(folder, 'init', '--quiet');
    process.env.CAPSTAN_BASE = 'origin/mian';
    expect(() => synth({ web: 'web' })).toThrow(
      /^CAPSTAN_BASE must name a commit of the git work tree of .*, got origin\/mian: git says "fatal: Not a valid object name origin\/mian"\. Fetch it, or leave it out\.$/,
    );
  });

  test('that git does not read, the folder counts, and a line says so once', () => {
    git(folder, 'init', '--quiet');
    synth({ web: 'web' });
    commitAll(folder);
    writeFiles(folder, { '.git/HEAD': 'broken\n' });
    const lines = stderrLines(() => {
      expect(() => synth({ web: 'other' })).toThrow(CHANGED);
      expect(() => synth({ web: 'other' })).toThrow(CHANGED);
    });
    expect(lines).toEqual([
      expect.stringMatching(/: compared with the files there only, since git says "fatal: .*"\.$/),
    ]);
  });
});

describe('what stays to the byte is nothing new', () => {
  test.each([YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE])(
    'beside an object with its labels that goes (%s)',
    (type) => {
      synth({ web: 'front', worker: 'front' }, { type });
      inAnotherProcess();
      expect(() => synth({ web: 'front' }, { type })).not.toThrow();
      inAnotherProcess();
      expect(() => synth({ api: 'front' }, { type })).toThrow('Deployment api metadata.name must stay web');
    },
  );

  test('in whichever of the apps of a program', () => {
    git(folder, 'init', '--quiet');
    const twoApps = (tier: string) => {
      for (const id of ['one', 'two']) {
        const app = new CapstanApp({ outdir });
        const labels = { tier: id === 'one' ? 'web' : tier };
        new ApiObject(new Chart(app, id), id, {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: id, labels: { app: 'it' } },
          spec: {
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: 'it', image: 'it:1' }] } },
          },
        });
        app.synth();
      }
    };
    twoApps('web');
    commitAll(folder);
    expect(() => twoApps('web')).not.toThrow();
    expect(() => twoApps('api')).toThrow('Deployment two /spec/selector/matchLabels/tier must stay');
  });
});
