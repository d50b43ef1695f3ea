import type { GoAppRef } from './go-app';
import type { Problem } from './plan/problem';

/** An image by digest, or why there is none. */
export type ImageResolution = { readonly reference: string } | { readonly problem: Problem };

/** Where a program's images come from. */
export interface ImageResolver {
  /**
   * The image of an app as `name:tag@sha256:…`. Never makes a digest up: an image that is not known by digest is a
   * problem with the command that makes it known.
   */
  resolve(app: GoAppRef): ImageResolution;
}
