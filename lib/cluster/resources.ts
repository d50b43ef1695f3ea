import type { JsonObject } from '../json-value';
import { objectsOf, textAt, within } from '../plan/fields';
import { type ClusterApi, getJson } from './api';

/** Where a cluster has the objects of a kind. */
interface Resource {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** The kinds that a cluster knows, asked once for each version of a group. */
export class Resources {
  private readonly found = new Map<string, Promise<Map<string, Resource>>>();

  constructor(
    private readonly api: ClusterApi,
    /** Namespace of what names none. */
    private readonly namespace: string,
  ) {}

  /** The path of an object; `undefined` when the cluster does not know its kind. */
  async pathOf(document: JsonObject): Promise<string | undefined> {
    const [apiVersion, kind] = [String(document.apiVersion), String(document.kind)];
    const resource = (await this.of(apiVersion)).get(kind);
    if (resource === undefined) return undefined;
    const name = encodeURIComponent(textAt(document, 'metadata', 'name') ?? '');
    const namespace = textAt(document, 'metadata', 'namespace') ?? this.namespace;
    const within = resource.isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${rootOf(apiVersion)}${within}/${resource.plural}/${name}`;
  }

  private of(apiVersion: string): Promise<Map<string, Resource>> {
    const known = this.found.get(apiVersion) ?? this.ask(apiVersion);
    this.found.set(apiVersion, known);
    return known;
  }

  private async ask(apiVersion: string): Promise<Map<string, Resource>> {
    const list = await getJson(this.api, rootOf(apiVersion));
    // A subresource has its name behind a slash.
    const resources = objectsOf(within(list, 'resources')).filter(({ name }) => !String(name).includes('/'));
    return new Map(
      resources.map(({ kind, name, namespaced }) => [
        String(kind),
        { plural: String(name), isNamespaced: namespaced === true },
      ]),
    );
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
