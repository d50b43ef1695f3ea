import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CapstanApp } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder } from '../temporary-folder';
import type { Document } from '../worker/example-worker';

/** Adds an example to an app. */
export type Program = (app: CapstanApp) => void;

/** Files of a folder and the folders below, by path. */
function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

/** What an example writes. */
export function written(program: Program): Record<string, string> {
  const outdir = temporaryFolder();
  const app = new CapstanApp({ outdir });
  program(app);
  app.synth();
  return filesOf(outdir);
}

/** What an example is committed with. */
export function expected(name: string): Record<string, string> {
  return filesOf(join(PACKAGE_ROOT, 'examples', name, 'expected'));
}

/** Runs an example as its README says; only compares. */
export function check(name: string): { status: number | null; output: string } {
  const cwd = join(PACKAGE_ROOT, 'examples', name);
  const args = [join(PACKAGE_ROOT, 'bin/capstan.cjs'), 'synth', '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

/** The manifests of an example. */
export function documents(program: Program): Document[] {
  const app = new CapstanApp();
  program(app);
  return [...app.documents()];
}

/** Every object that is not an article's, as KIND/NAME. */
export function additions(all: readonly Document[], article: readonly string[]): string[] {
  const names = all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return names.filter((name) => !article.includes(name)).sort();
}
