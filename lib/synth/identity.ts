import type { JsonObject, JsonValue } from '../json-value';
import { isNamespaced } from '../schema';

/** What a cluster knows an object by. */
export interface Identity {
  /** Group of its API; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** `undefined` for an object in no namespace, or in that of whoever applies it. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What a cluster knows the object of a document by. */
export function identityOf(document: JsonObject): Identity {
  const [apiVersion, kind] = [textOf(document.apiVersion), textOf(document.kind)];
  const { name, namespace } = fieldsOf(document.metadata);
  return {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    namespace: typeof namespace === 'string' && hasNamespaces(apiVersion, kind) ? namespace : undefined,
    name: textOf(name),
  };
}

const namespaced = new Map<string, boolean>();

/** Objects of other kinds lie in no namespace, whatever their metadata says. */
function hasNamespaces(apiVersion: string, kind: string): boolean {
  const key = `${apiVersion} ${kind}`;
  const known = namespaced.get(key) ?? isNamespaced(apiVersion, kind) ?? true;
  namespaced.set(key, known);
  return known;
}

/** An identity as a text that no other one has. */
export function identityKey({ group, kind, namespace, name }: Identity): string {
  return JSON.stringify([group, kind, namespace ?? '', name]);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
