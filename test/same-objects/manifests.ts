import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import type { Document } from '../live/normalise';

const { environmentsIn } = require('../../tools/manifests/environments.cjs');

/** The manifests of an environment. */
export interface Manifests {
  readonly name: string;
  readonly folder: string;
  readonly documents: readonly Document[];
}

/** The folder that is deployed. */
export const DIST = join(PACKAGE_ROOT, 'dist');

/** Everything in dist/, by environment. */
export const ENVIRONMENTS: readonly Manifests[] = environmentsIn(DIST);
