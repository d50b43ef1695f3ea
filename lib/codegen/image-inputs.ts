import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GoAppRef } from '../go-app';
import { BUILDER_FOLDER } from '../package-root';
import { localReplacements } from './go-mod';
import { moduleFiles } from './module-files';
import { GO_TOOLCHAIN, PLATFORMS } from './toolchain';

/** What an image is made by: the builder's sources, the toolchain and the platforms. */
export interface ImageRecipe {
  /** Folder of the builder's Go module. */
  readonly builder: string;
  /** Exact Go toolchain, such as `go1.26.8`. */
  readonly toolchain: string;
  /** Platforms, such as `linux/amd64`. */
  readonly platforms: readonly string[];
}

/** How Capstan builds images. */
export const IMAGE_RECIPE: ImageRecipe = {
  builder: BUILDER_FOLDER,
  toolchain: GO_TOOLCHAIN,
  platforms: PLATFORMS,
};

/** Line ends of these do not reach the binary. */
const GO_TEXT = /\.go$|(^|\/)go\.(mod|sum)$/;

/**
 * Hash of everything that an app's image is made of: the app's module, the modules that it takes from the disk (the
 * runtime among them), the builder, the toolchain, the platforms and the app's name. Neither where folders lie nor times, modes, the
 * order of a folder or the line ends of Go files change it.
 *
 * Milliseconds for a small app; reads all files each time.
 *
 * @param app its name, which is the binary's, and its folder, which has to hold a go.mod
 * @returns `sha256:…`
 */
export function hashImageInputs(
  { name: appName, directory }: Pick<GoAppRef, 'name' | 'directory'>,
  recipe: ImageRecipe = IMAGE_RECIPE,
): string {
  const hash = createHash('sha256');
  const section = (name: string, folder: string) => hash.update(`${name}\n${moduleDigest(folder)}\n`);
  hash.update(`${JSON.stringify([appName, recipe.toolchain, [...recipe.platforms].sort()])}\n`);
  for (const [name, main] of [
    ['app', directory],
    ['builder', recipe.builder],
  ] as const) {
    section(name, main);
    for (const [module, folder] of replacedFolders(main)) section(`${name} ${module}`, folder);
  }
  return `sha256:${hash.digest('hex')}`;
}

function replacedFolders(main: string): [module: string, folder: string][] {
  const file = join(main, 'go.mod');
  if (!existsSync(file)) return [];
  const replacements = localReplacements(readFileSync(file, 'utf8'));
  return replacements.map(({ module, path }) => [module, resolve(main, path)]);
}

function moduleDigest(folder: string): string {
  const hash = createHash('sha256');
  for (const { path, content } of moduleFiles(folder)) {
    const bytes = GO_TEXT.test(path) ? content.toString('latin1').replaceAll('\r\n', '\n') : content;
    const digest = typeof bytes === 'string' ? sha256(Buffer.from(bytes, 'latin1')) : sha256(bytes);
    hash.update(`${JSON.stringify(path)} ${digest}\n`);
  }
  return hash.digest('hex');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
