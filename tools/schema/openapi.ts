// The form of the OpenAPI 2 document of a Kubernetes release, as far as it is read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minorOf, moduleFolder } from './sources';

/** A JSON Schema of the document. */
export interface Definition {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Definition;
  readonly additionalProperties?: Definition;
  readonly properties?: { readonly [name: string]: Definition };
  readonly required?: readonly string[];
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** Names a kind. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Operation {
  readonly 'x-kubernetes-group-version-kind'?: GroupVersionKind;
  readonly parameters?: readonly { readonly in: string; readonly schema?: Definition }[];
}

/** The document. */
export interface OpenApi {
  readonly definitions: { readonly [name: string]: Definition };
  readonly paths: { readonly [path: string]: { readonly post?: Operation } };
}

/** A release and its document. */
export interface Release {
  /** `1.37` */
  readonly minor: string;
  /** Its module's folder. */
  readonly folder: string;
  readonly openApi: OpenApi;
}

/** A kind that one can create objects of. */
export interface Resource extends GroupVersionKind {
  readonly plural: string;
  readonly namespaced: boolean;
  /** Name of the definition. */
  readonly definition: string;
}

/** Reads a release. */
export function readRelease(release: string): Release {
  const folder = moduleFolder('k8s.io/kubernetes', release);
  const openApi = JSON.parse(readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8')) as OpenApi;
  return { minor: minorOf(release), folder, openApi };
}

const COLLECTION = /^\/apis?\/(?:[^/]+\/)?v\d\w*\/(namespaces\/\{namespace\}\/)?([^/{]+)$/;

/** The kinds that one can create objects of: those whose collection takes a POST. */
export function resourcesOf({ openApi }: Release): Resource[] {
  return Object.entries(openApi.paths).flatMap(([path, { post }]) => {
    const [, namespace, plural] = COLLECTION.exec(path.replace(/^\/api\//, '/apis/')) ?? [];
    const identity = post?.['x-kubernetes-group-version-kind'];
    const body = post?.parameters?.find((parameter) => parameter.in === 'body')?.schema?.$ref;
    if (plural === undefined || identity === undefined || body === undefined) return [];
    return [{ ...identity, plural, namespaced: namespace !== undefined, definition: nameOf(body) }];
  });
}

/** The name in a reference: `io.k8s.api.core.v1.PodSpec`. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
