import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { manifestsIn } from '../synth/manifests-in';
import { temporaryFolder } from '../temporary-folder';

/** Runs something while a folder is a file system of its own, in memory. */
function whileMounted(folder: string, options: string, run: () => void): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  try {
    run();
  } finally {
    execFileSync('umount', [folder]);
  }
}

/** Runs a program that writes a ConfigMap of so many bytes in each of two charts. */
function synthesize(folder: string, bytes: number) {
  const library = JSON.stringify(join(PACKAGE_ROOT, 'lib'));
  const cdk8s = JSON.stringify(join(PACKAGE_ROOT, 'node_modules/cdk8s'));
  const program = join(folder, 'main.ts');
  writeFileSync(
    program,
    `import { CapstanApp } from ${library};
     import { ApiObject, Chart } from ${cdk8s};
     const app = new CapstanApp({ outdir: ${JSON.stringify(join(folder, 'dist'))} });
     for (const id of ['one', 'two']) {
       new ApiObject(new Chart(app, id), 'Config', {
         apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data: { text: 'a'.repeat(${bytes}) },
       });
     }
     app.synth();`,
  );
  const options = { cwd: PACKAGE_ROOT, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['--import', 'tsx', program], options);
}

test('a full disk gives one line, and leaves what was there whole', () => {
  const folder = temporaryFolder();
  const dist = join(folder, 'dist');
  whileMounted(dist, 'size=64k', () => {
    expect(synthesize(folder, 1000)).toMatchObject({ status: 0 });
    const before = manifestsIn(dist);
    const { status, stderr } = synthesize(folder, 200_000);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/cannot be written: ENOSPC.* Make room and run it again\.$/),
    ]);
    const after = manifestsIn(dist);
    for (const name of ['one.k8s.yaml', 'two.k8s.yaml']) expect(after[name]).toBe(before[name]);
    expect(synthesize(folder, 2000)).toMatchObject({ status: 0 });
  });
});

test('a folder that may only be read gives one line', () => {
  const folder = temporaryFolder();
  whileMounted(join(folder, 'dist'), 'size=64k,ro', () => {
    const { status, stderr } = synthesize(folder, 1000);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/must be a folder that can be written, got .*EROFS/),
    ]);
  });
});
