import type { JsonObject } from '../json-value';
import { type Destination, destinationOf, isServer } from './destination';
import type { ArgoApplicationSetProps, ArgoClusters, ArgoFolders, ArgoPlace, ArgoPlaces } from './props';

/** What Applications are made from, and what differs between them: texts of Go's text/template. */
export interface Generated {
  readonly generator: JsonObject;
  /** End of the Application's name. */
  readonly name: string;
  readonly path: string;
  readonly revision: string;
  readonly destination: Destination | JsonObject;
}

/** What an ApplicationSet makes its Applications from. */
export function generated({ each, source }: Pick<ArgoApplicationSetProps, 'each' | 'source'>): Generated {
  const { repository, revision = 'HEAD' } = source;
  switch (each.kind) {
    case 'places':
      return fromPlaces(each, revision);
    case 'clusters':
      return fromClusters(each, revision);
    case 'folders':
      return fromFolders(each, { repository, revision });
    default:
      return each satisfies never;
  }
}

function fromPlaces({ places }: ArgoPlaces, revision: string): Generated {
  return {
    generator: { list: { elements: places.map((it) => element(it, revision)) } },
    name: '{{.name}}',
    path: '{{.path}}',
    revision: '{{.revision}}',
    destination: listed(places),
  };
}

/** Elements have the same fields all, since a template refuses one that is missing. */
function element({ name, path, cluster, ...rest }: ArgoPlace, revision: string): JsonObject {
  const destination = destinationOf(cluster);
  return {
    name,
    path,
    revision: rest.revision ?? revision,
    cluster: 'name' in destination ? destination.name : '',
    server: 'server' in destination ? destination.server : '',
  };
}

/** A destination has a name or a server; the other one may be empty. */
function listed(places: readonly ArgoPlace[]): JsonObject {
  const servers = places.filter(({ cluster = '' }) => isServer(cluster)).length;
  return {
    ...(servers < places.length && { name: '{{.cluster}}' }),
    ...(servers > 0 && { server: '{{.server}}' }),
  };
}

function fromClusters({ labels, path }: ArgoClusters, revision: string): Generated {
  return {
    generator: { clusters: { selector: { matchLabels: { ...labels } } } },
    name: '{{.nameNormalized}}',
    path,
    revision,
    destination: { server: '{{.server}}' },
  };
}

function fromFolders({ path, except = [], cluster }: ArgoFolders, at: Record<string, string>): Generated {
  const { repository = '', revision = '' } = at;
  const directories = [{ path }, ...except.map((it) => ({ path: it, exclude: true }))];
  return {
    generator: { git: { repoURL: repository, revision, directories } },
    name: '{{.path.basenameNormalized}}',
    path: '{{.path.path}}',
    revision,
    destination: cluster === undefined ? { name: '{{.path.basename}}' } : destinationOf(cluster),
  };
}
