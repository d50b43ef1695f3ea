import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError, EXIT } from '../command-error';
import type { AppModel } from '../model';
import { generateApp } from './generate-app';
import { buildImage } from './image-builder';
import { hashImageInputs } from './image-inputs';
import { holdsImage } from './image-layout';
import { type ImageLock, imageTag, type LockedImage, lockImage, readImageLock } from './image-lock';

/** What became of one app's image. */
export interface BuiltImage extends LockedImage {
  readonly name: string;
  /** `repository:tag@sha256:…`, as manifests carry it. */
  readonly reference: string;
  /** Folder of the OCI layout, absolute. */
  readonly layout: string;
  /** `fresh`: lock and layout were right already, and the layout whole. `built`: the layout was made anew. */
  readonly state: 'fresh' | 'built';
}

/** What images are built with. */
export interface ImageBuildOptions {
  /** The folder of the program. */
  readonly folder: string;
  /** The committed lock file, relative to `folder`. */
  readonly lockFile: string;
  /** Told before a build, which takes seconds. */
  onBuild(name: string): void;
}

/** Where an app's image lies: an OCI layout. */
export function imageLayout(folder: string, name: string): string {
  return join(folder, '.capstan', 'images', name);
}

/**
 * Builds the image of an app unless the lock and the layout are right already, and renews the lock. First writes the
 * generated part of the app.
 *
 * @throws CommandError when it does not compile, and when the same inputs gave another image than the lock has
 */
export async function buildAppImage(app: AppModel, options: ImageBuildOptions): Promise<BuiltImage> {
  const { folder, lockFile } = options;
  generateApp(folder, app);
  const { name, repository } = app;
  const directory = resolve(folder, app.directory);
  const lockPath = resolve(folder, lockFile);
  const inputs = hashImageInputs({ name, directory });
  const locked = lockOf(lockPath)[name];
  const isLocked = locked?.inputs === inputs;
  const layout = imageLayout(folder, name);
  const describe = (image: LockedImage, state: BuiltImage['state']): BuiltImage => ({
    ...image,
    name,
    reference: `${repository}:${image.tag}@${image.digest}`,
    layout,
    state,
  });
  if (isLocked && holdsImage(layout, locked.digest, `${repository}:${locked.tag}`))
    return describe(locked, 'fresh');

  options.onBuild(name);
  const tag = imageTag(inputs);
  const built = {
    inputs,
    tag,
    ...(await buildImage(folder, { name, directory, repository, tag, inputs, layout })),
  };
  if (hashImageInputs({ name, directory }) !== inputs) {
    throw new CommandError(`${name}: its sources changed during the build. Run it again.`, EXIT.failed);
  }
  if (isLocked && locked.digest !== built.digest) throw differs(name, locked, built, lockFile);
  lockImage(lockPath, name, built);
  return describe(built, 'built');
}

/**
 * Names of the apps whose image in the lock is not that of their sources.
 *
 * @throws CommandError for a lock file that cannot be read
 */
export function staleImages(
  apps: readonly AppModel[],
  options: Pick<ImageBuildOptions, 'folder' | 'lockFile'>,
): string[] {
  const lock = lockOf(resolve(options.folder, options.lockFile));
  const isStale = ({ name, directory }: AppModel) => {
    const path = resolve(options.folder, directory);
    return (
      !existsSync(join(path, 'go.mod')) || lock[name]?.inputs !== hashImageInputs({ name, directory: path })
    );
  };
  return apps.filter(isStale).map(({ name }) => name);
}

function lockOf(path: string): ImageLock {
  try {
    return readImageLock(path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(
      `${path}: must be a lock file of images, got: ${error.message}. Restore or remove it.`,
    );
  }
}

function differs(name: string, locked: LockedImage, built: LockedImage, lockFile: string): CommandError {
  return new CommandError(
    `${name}: the image built here (${built.digest}) is not the one in ${lockFile} (${locked.digest}), though both ` +
      'are made of the same inputs. Builds should not differ between machines: please report this. To take the new ' +
      `one, remove ${name} from ${lockFile} and build again.`,
    EXIT.failed,
  );
}
