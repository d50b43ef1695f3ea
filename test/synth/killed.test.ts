import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { writeManifests } from '../../lib/synth/write-manifests';
import { temporaryFolder } from '../temporary-folder';
import { manifestsIn } from './manifests-in';

const FILES = 40;
const KILLS = 12;

/** Manifests of a version: some files are there in even versions only. */
function version(number: number): Map<string, string> {
  const names = Array.from(
    { length: FILES },
    (_, index) => `dev/${index % 2 === number % 2 ? 'a' : index}.yaml`,
  );
  return new Map(names.map((name) => [name, `version: ${number}\n`.repeat(2000)]));
}

test('a synthesis that is killed at any moment leaves each file old or new, and the next one repairs the rest', async () => {
  const scratch = temporaryFolder();
  const outdir = join(scratch, 'dist');
  mkdirSync(outdir); // the first kill may come before anything is written
  const library = JSON.stringify(join(__dirname, '../../lib/synth/write-manifests.ts'));
  writeFileSync(
    join(scratch, 'main.ts'),
    `import { writeManifests } from ${library};
     const FILES = ${FILES};
     ${version.toString()}
     const app = Symbol('app');
     console.log('started');
     for (let number = 0; ; number++) writeManifests(${JSON.stringify(outdir)}, version(number), app);`,
  );
  const whole = /^(version: \d+\n)\1{1999}$/;
  const app = Symbol('app');
  let files = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, ['--import', 'tsx', join(scratch, 'main.ts')], {
      cwd: join(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await wait((kill * 7) % 50);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const found = manifestsIn(outdir);
    const half = Object.entries(found).filter(([name, text]) => name.endsWith('.yaml') && !whole.test(text));
    expect(half.map(([name]) => name)).toEqual([]);
    files += Object.keys(found).length;
    const wanted = version(kill);
    writeManifests(outdir, wanted, app);
    expect(manifestsIn(outdir)).toEqual(Object.fromEntries(wanted));
  }
  expect(files).toBeGreaterThan(KILLS);
});
