import type { Construct } from 'constructs';
import { type AppSettings, appSettingsOf } from '../app-settings';
import { Environment } from '../environment/environment';
import type { ClusterSpec } from '../plan/spec';

/** What a worker finds where it stands in the tree. */
export interface Site {
  readonly app: AppSettings;
  /** The environment; `undefined` when it stands in none. */
  readonly place: Environment | undefined;
  /** Registry of the images of apps without a `repository` of their own. */
  readonly registry: string;
  /** Clusters that the manifests have to work on. */
  readonly cluster: ClusterSpec;
}

/** What a worker finds where it stands in the tree. */
export function siteOf(worker: Construct): Site {
  const app = appSettingsOf(worker);
  const place = Environment.find(worker);
  return {
    app,
    place,
    registry: place?.registry ?? app.registry,
    cluster: place?.kubernetes ?? app.cluster,
  };
}
