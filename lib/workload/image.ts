import { resolveImage } from '../codegen/image-lock';
import type { GoAppRef } from '../go-app';
import type { ImageResolution, ImageResolver } from '../image-resolver';
import { MODEL_VARIABLE } from '../model';
import type { Problem } from '../plan/problem';

/** The image of a workload. With a problem the reference is a bare name, which is never written. */
export interface FoundImage {
  readonly reference: string;
  readonly problems: readonly Problem[];
}

/** Where images come from: the resolver of the app, or the lock file when there is none. */
export interface ImageSource {
  readonly images: ImageResolver | undefined;
  readonly lockFile: string;
}

/** The image of an app by digest. While the program only describes itself nothing is written, so none is asked for. */
export function findImage(goApp: GoAppRef, { images, lockFile }: ImageSource): FoundImage {
  const bare = goApp.repository;
  if (isDescribing()) return { reference: bare, problems: [] };
  const found: ImageResolution = images?.resolve(goApp) ?? resolveImage(goApp, lockFile);
  return 'problem' in found
    ? { reference: bare, problems: [found.problem] }
    : { reference: found.reference, problems: [] };
}

function isDescribing(): boolean {
  return (process.env[MODEL_VARIABLE] ?? '') !== '';
}
