import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the package that this file belongs to: the checkout, or `node_modules/capstan`. What it carries
 * besides the library (the Go runtime, the contract's schemas) lies below it.
 */
export const PACKAGE_ROOT: string = rootAbove(__dirname);

/** The Go runtime that workers are built from, a Go module. */
export const RUNTIME_FOLDER: string = join(PACKAGE_ROOT, 'go');

/** The program that builds images, a Go module of its own. */
export const BUILDER_FOLDER: string = join(RUNTIME_FOLDER, 'image');

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
  return rootAbove(parent);
}
