import type { JsonObject } from '../json-value';
import { defaultNamespaceOf } from './default-namespace';
import { destinationOf, IN_CLUSTER, isServer } from './destination';
import type { ArgoApplicationSetProps, ArgoClusters, ArgoFolders, ArgoPlace, ArgoPlaces } from './props';

/** What Applications are made from, and what differs between them: texts of Go's text/template. */
export interface Generated {
  readonly generator: JsonObject;
  /** End of the Application's name. */
  readonly name: string;
  readonly path: string;
  readonly revision: string;
  readonly destination: JsonObject;
}

/** What there is for an ApplicationSet to begin with. */
type Given = Pick<ArgoApplicationSetProps, 'each' | 'source' | 'project' | 'defaultNamespace'>;

/** What an ApplicationSet makes its Applications from. */
export function generated(given: Given): Generated {
  const { each } = given;
  switch (each.kind) {
    case 'places':
      return fromPlaces(each, given);
    case 'clusters':
      return fromClusters(each, given);
    case 'folders':
      return fromFolders(each, given);
    default:
      return each satisfies never;
  }
}

function fromPlaces({ places }: ArgoPlaces, given: Given): Generated {
  const elements = places.map((it) => element(it, given));
  return {
    generator: { list: { elements } },
    name: '{{.name}}',
    path: '{{.path}}',
    revision: '{{.revision}}',
    destination: {
      ...listed(places),
      ...(elements.some(({ namespace }) => namespace !== '') && { namespace: '{{.namespace}}' }),
    },
  };
}

/** Elements have the same fields all, since a template refuses one that is missing. */
function element({ name, path, cluster = IN_CLUSTER, ...rest }: ArgoPlace, given: Given) {
  const { revision = 'HEAD' } = given.source;
  return {
    name,
    path,
    revision: rest.revision ?? revision,
    cluster: isServer(cluster) ? '' : cluster,
    server: isServer(cluster) ? cluster : '',
    namespace: defaultNamespaceOf(given, cluster) ?? '',
  };
}

/** A destination has a name or a server; the other one may be empty. */
function listed(places: readonly ArgoPlace[]): JsonObject {
  const servers = places.filter(({ cluster = IN_CLUSTER }) => isServer(cluster)).length;
  return {
    ...(servers < places.length && { name: '{{.cluster}}' }),
    ...(servers > 0 && { server: '{{.server}}' }),
  };
}

function fromClusters({ labels, path }: ArgoClusters, given: Given): Generated {
  return {
    generator: { clusters: { selector: { matchLabels: { ...labels } } } },
    name: '{{.nameNormalized}}',
    path,
    revision: given.source.revision ?? 'HEAD',
    destination: { server: '{{.server}}', ...namespaceOf(given) },
  };
}

function fromFolders({ path, except = [], cluster }: ArgoFolders, given: Given): Generated {
  const { repository, revision = 'HEAD' } = given.source;
  const directories = [{ path }, ...except.map((it) => ({ path: it, exclude: true }))];
  const at = cluster === undefined ? { name: '{{.path.basename}}' } : destinationOf(cluster);
  return {
    generator: { git: { repoURL: repository, revision, directories } },
    name: '{{.path.basenameNormalized}}',
    path: '{{.path.path}}',
    revision,
    destination: { ...at, ...namespaceOf(given, cluster) },
  };
}

function namespaceOf(given: Given, cluster?: string): JsonObject {
  const namespace = defaultNamespaceOf(given, cluster);
  return namespace === undefined ? {} : { namespace };
}
