import type { JsonObject } from '../json-value';
import { KUSTOMIZATION_FILE } from '../synth/kustomization';
import type { AppProject } from './app-project';
import type { ArgoDelivery, ArgoIgnored, ArgoSource } from './props';

const RETRIES = 5;

/**
 * `ServerSideApply`: fields that manifests leave to others, such as `replicas` to an autoscaler, stay with them, and large
 * definitions of custom resources fit. `FailOnSharedResource`: two Applications never undo each other's changes.
 */
const SYNC_OPTIONS = ['ServerSideApply=true', 'FailOnSharedResource=true'];

/** Without it a sync would set back what is only left out of the comparison. */
const RESPECT_IGNORED = 'RespectIgnoreDifferences=true';

/** Has Argo CD delete what an Application deployed before the Application itself goes. */
export const DELETING_FINALIZER = 'resources-finalizer.argocd.argoproj.io/foreground';

/** The `spec` of an Application, and of the template of an ApplicationSet. */
export function applicationSpec(
  { project, sync = {}, ignored = [] }: ArgoDelivery,
  source: ArgoSource,
  destination: JsonObject,
): JsonObject {
  const { repository, revision = 'HEAD', path } = source;
  return {
    project: projectName(project),
    source: {
      repoURL: repository,
      targetRevision: revision,
      path,
      // The manifests as they are: the kustomization beside them is for kubectl.
      directory: { recurse: true, exclude: KUSTOMIZATION_FILE },
    },
    destination,
    syncPolicy: syncPolicy(sync, ignored.length > 0),
    ...(ignored.length > 0 && {
      ignoreDifferences: ignored.map(ignoredDifference),
      info: ignored.map((it) => ({ name: `ignored: ${ignoredText(it)}`, value: it.reason })),
    }),
  };
}

/** Name of a project. */
export function projectName(project: AppProject | string): string {
  return typeof project === 'string' ? project : project.name;
}

function syncPolicy(sync: NonNullable<ArgoDelivery['sync']>, ignores: boolean): JsonObject {
  const syncOptions = [...SYNC_OPTIONS, ...(ignores ? [RESPECT_IGNORED] : [])];
  if (sync === 'manual') return { syncOptions };
  const { prune = true, selfHeal = true, retries = RETRIES } = sync;
  return {
    automated: { prune, selfHeal },
    syncOptions,
    retry: { limit: retries, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
  };
}

function ignoredDifference({ group, kind, name, namespace, pointers }: ArgoIgnored): JsonObject {
  return {
    ...(group !== undefined && { group }),
    kind,
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    jsonPointers: [...pointers],
  };
}

function ignoredText({ kind, name, pointers }: ArgoIgnored): string {
  return `${kind}${name === undefined ? '' : ` ${name}`} ${pointers.join(', ')}`;
}
