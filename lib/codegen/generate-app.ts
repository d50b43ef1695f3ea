import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { AppModel } from '../model';
import { PACKAGE_ROOT, RUNTIME_FOLDER } from '../package-root';
import { writeAtomically } from '../synth/write-atomically';
import { firstFile, goModFile, MAIN_FILE, mainFile, RUNTIME_MODULE, withRuntime } from './app-files';
import { withAddedModules, withAddedSums } from './runtime-modules';

/** An app to generate, in a program's folder. */
export type GeneratedApp = Omit<AppModel, 'repository'>;

/**
 * Writes the generated part of a Go app: the main, and what is missing of go.mod, go.sum and handler.go. What a
 * person writes is never overwritten; an existing go.mod and go.sum only get the runtime's `require` and `replace`, and
 * the modules of the brokers' clients.
 * Of an app that Capstan brings along nothing is generated.
 *
 * @param folder the folder of the program, which `app.directory` is relative to
 * @returns paths of the files that changed, relative to `folder`
 */
export function generateApp(folder: string, app: GeneratedApp): string[] {
  const stale = staleFiles(folder, app);
  for (const [path, text] of stale) writeAtomically(join(folder, path), text);
  return [...stale.keys()];
}

/** Paths of the files that {@link generateApp} would change. */
export function driftOfApp(folder: string, app: GeneratedApp): string[] {
  return [...staleFiles(folder, app).keys()];
}

/** Files that have to change, with the text that they should have. */
function staleFiles(folder: string, app: GeneratedApp): Map<string, string> {
  if (app.kind === 'shipped') return new Map();
  const { name, directory } = app;
  const at = (file: string) => join(folder, directory, file);
  const current = (file: string) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : undefined);
  const runtime = (file: string) => readFileSync(join(RUNTIME_FOLDER, file), 'utf8');
  const replacement = replacementPath(folder, directory);
  const [goMod, goSum] = [current('go.mod'), current('go.sum')];
  const main = mainFile(app);
  const wanted: [file: string, text: string][] = [
    ...(main === undefined ? [] : ([[MAIN_FILE, main]] as [string, string][])),
    [
      'go.mod',
      goMod === undefined
        ? goModFile(name, app, replacement, runtime('go.mod'))
        : withAddedModules(withRuntime(goMod, replacement), app, runtime('go.mod')),
    ],
    ['go.sum', goSum === undefined ? runtime('go.sum') : withAddedSums(goSum, app, runtime('go.sum'))],
  ];
  if (!hasHandwrittenGo(join(folder, directory))) {
    const { file, text } = firstFile(name, app);
    wanted.push([file, text]);
  }
  const stale = wanted.filter(([file, text]) => current(file) !== text);
  return new Map(stale.map(([file, text]) => [join(directory, file), text]));
}

// A handler may lie in a file of any name.
function hasHandwrittenGo(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const files = readdirSync(directory).filter((file) => file.endsWith('.go'));
  return files.some((file) => file !== MAIN_FILE && !file.endsWith('_test.go'));
}

/** Path from an app's folder to the runtime, with slashes; by way of node_modules where the package lies there. */
function replacementPath(folder: string, directory: string): string {
  const runtime = join(installedPackage(folder) ?? PACKAGE_ROOT, relative(PACKAGE_ROOT, RUNTIME_FOLDER));
  const path = relative(resolve(folder, directory), runtime).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

// A linked package is named by its link, which is the same on every machine.
function installedPackage(folder: string): string | undefined {
  const candidate = join(folder, 'node_modules', RUNTIME_MODULE);
  if (existsSync(candidate) && realpathSync(candidate) === realpathSync(PACKAGE_ROOT)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : installedPackage(parent);
}
