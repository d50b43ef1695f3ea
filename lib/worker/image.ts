import type { CapstanApp } from '../app';
import { DEFAULT_LOCK_FILE } from '../app';
import { resolveImage } from '../codegen/image-lock';
import type { GoAppRef } from '../go-app';
import type { ImageResolution } from '../image-resolver';
import { MODEL_VARIABLE } from '../model';
import type { Problem } from '../plan/problem';

/** The image of a worker. With a problem the reference is a bare name, which is never written. */
export interface FoundImage {
  readonly reference: string;
  readonly problems: readonly Problem[];
}

/**
 * The image of an app by digest. While the program only describes itself nothing is written, so none is asked for.
 *
 * @param app the app that the worker stands in, unless that is cdk8s' own
 */
export function findImage(goApp: GoAppRef, app: CapstanApp | undefined): FoundImage {
  const bare = goApp.repository;
  if (isDescribing()) return { reference: bare, problems: [] };
  const found: ImageResolution = app?.images.resolve(goApp) ?? resolveImage(goApp, DEFAULT_LOCK_FILE);
  return 'problem' in found
    ? { reference: bare, problems: [found.problem] }
    : { reference: found.reference, problems: [] };
}

function isDescribing(): boolean {
  return (process.env[MODEL_VARIABLE] ?? '') !== '';
}
