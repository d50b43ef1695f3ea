import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { capstan } from '../cli/example-program';
import { writeFiles } from '../temporary-folder';
import { cdk8sSynth, commitAll, deploymentProject, git } from './git-project';
import { manifestsIn } from './manifests-in';

const CHANGED = 'Deployment web /spec/selector/matchLabels/tier must stay "web", as committed';

/** A project whose manifests are committed, with a file that is not Capstan's, and one that is only staged. */
function committedProject(): string {
  const folder = deploymentProject();
  git(folder, 'init', '--quiet');
  expect(cdk8sSynth(folder).code).toBe(0);
  writeFiles(folder, { 'dist/by-hand/README.md': 'Ours.\n' });
  commitAll(folder);
  writeFiles(folder, { 'dist/staged.yaml': 'kind: Staged\n' });
  git(folder, 'add', 'dist/staged.yaml');
  return folder;
}

describe('npx cdk8s synth, which empties the folder before the program runs', () => {
  test('fails for a changed selector, loses nothing, and takes it once it is acknowledged', () => {
    const folder = committedProject();
    const before = manifestsIn(join(folder, 'dist'));
    const restored =
      "dist: cdk8s-cli emptied it before this program failed; its files are back as git's index";
    for (const [env, text] of [
      [{ TIER: 'api' }, CHANGED],
      [{ FAIL: '1' }, 'it fails'],
    ] as const) {
      const { code, err } = cdk8sSynth(folder, env);
      expect(code).not.toBe(0);
      expect(err).toContain(text);
      expect(err).toContain(restored);
      expect(manifestsIn(join(folder, 'dist'))).toEqual(before);
      expect(git(folder, 'status', '--porcelain')).toBe('A  dist/staged.yaml\n');
    }
    const { code, err } = cdk8sSynth(folder, { TIER: 'api', REASON: 'It is deleted first.' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(manifestsIn(join(folder, 'dist'))['shop.k8s.yaml']).toContain('tier: api');
  });

  test('says when it was compared with nothing, or nothing could be put back, and what loses nothing', () => {
    const folder = deploymentProject();
    const nothing = 'dist: compared with nothing, since cdk8s-cli empties it first and';
    expect(cdk8sSynth(folder).err).toBe(
      `${nothing} it lies in no git work tree. Commit it, or run \`npx capstan synth\`.\n`,
    );
    expect(cdk8sSynth(folder, { FAIL: '1' }).err).toContain(
      'dist: cdk8s-cli emptied it before this program failed, and it lies in no git work tree. `npx capstan synth`',
    );
    git(folder, 'init', '--quiet');
    expect(cdk8sSynth(folder).err).toContain(`${nothing} HEAD has no .capstan there.`);
  });
});

test('capstan synth has the same rule, with --check and against another commit as well', async () => {
  const folder = committedProject();
  git(folder, 'tag', 'deployed');
  process.env.TIER = 'api';
  try {
    const refused = async (...flags: string[]) => {
      const { code, err } = await capstan(folder, 'synth', ...flags);
      expect({ flags, code }).toEqual({ flags, code: 2 });
      expect(err).toContain(CHANGED);
    };
    await refused('--check');
    git(folder, 'rm', '-r', '--quiet', '-f', 'dist');
    commitAll(folder);
    expect((await capstan(folder, 'synth')).code).toBe(0);
    await refused('--base', 'deployed');
  } finally {
    delete process.env.TIER;
  }
});
