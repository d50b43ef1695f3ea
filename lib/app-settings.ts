import type { IConstruct } from 'constructs';
import type { ImageResolver } from './image-resolver';
import type { ClusterSpec } from './plan/spec';
import type { CustomSchemas } from './schema/custom-schemas';

/** Where images of apps without a `repository` lie, unless the program says otherwise. */
export const DEFAULT_REGISTRY = 'localhost:5000';

/** The committed file with the digests of images, unless the program says otherwise. */
export const DEFAULT_LOCK_FILE = 'images.lock.json';

/** What holds for a whole program. */
export interface AppSettings {
  /** Registry of the images of apps without a `repository` of their own. */
  readonly registry: string;
  /** Clusters that the manifests have to work on. */
  readonly cluster: ClusterSpec;
  /** The committed file with the digests of images. */
  readonly lockFile: string;
  /** Where images come from; `undefined`: the lock file. */
  readonly images: ImageResolver | undefined;
  /** CRDs that documents are checked against besides those that Capstan knows. */
  readonly schemas: readonly CustomSchemas[];
  /** Whether Argo CD delivers what stands in environments that say nothing else, or in none. */
  readonly syncWaves: boolean;
}

const DEFAULTS: AppSettings = {
  registry: DEFAULT_REGISTRY,
  cluster: {},
  lockFile: DEFAULT_LOCK_FILE,
  images: undefined,
  schemas: [],
  syncWaves: false,
};

const settings = new WeakMap<IConstruct, AppSettings>();

/** Makes settings hold for everything below a root. */
export function setAppSettings(root: IConstruct, own: AppSettings): void {
  settings.set(root, own);
}

/** The settings of the program that a construct stands in; the defaults under cdk8s' own `App`. */
export function appSettingsOf(construct: IConstruct): AppSettings {
  return settings.get(construct.node.root) ?? DEFAULTS;
}
