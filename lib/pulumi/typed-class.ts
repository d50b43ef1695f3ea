import * as kubernetes from '@pulumi/kubernetes';
import type { CustomResource, CustomResourceOptions } from '@pulumi/pulumi';
import type { JsonObject } from '../json-value';

/** A class that registers one object: its arguments are the object itself. */
type ObjectClass = new (name: string, args: JsonObject, options: CustomResourceOptions) => CustomResource;

const CORE = 'core';

/**
 * The class of `@pulumi/kubernetes` that was generated for the kind of a document: `apps/v1` `Deployment` is
 * `kubernetes.apps.v1.Deployment`. A kind without one, as of a CRD or newer than the package, is a `CustomResource`.
 */
export function classOf(document: JsonObject): ObjectClass {
  return typedClassOf(document) ?? (kubernetes.apiextensions.CustomResource as unknown as ObjectClass);
}

/** Whether there is a class of its own for the kind of a document. */
export function isTyped(document: JsonObject): boolean {
  return typedClassOf(document) !== undefined;
}

/** Type that Pulumi knows the objects of a kind by, such as `kubernetes:apps/v1:Deployment`. */
export function typeTokenOf(document: JsonObject): string {
  const { group, version } = groupVersionOf(document);
  // A CustomResource of the core group has no class to go to; see the provider's own name for it.
  return `kubernetes:${group}/${version}:${document.kind}`;
}

/** Group and version of a document's API; the core group as `core`. */
export function groupVersionOf({ apiVersion }: JsonObject): { group: string; version: string } {
  const [first = '', second] = String(apiVersion).split('/');
  return second === undefined ? { group: CORE, version: first } : { group: first, version: second };
}

function typedClassOf(document: JsonObject): ObjectClass | undefined {
  const { group, version } = groupVersionOf(document);
  // The modules have the first part of a group's name, which groups of others may have as well.
  const [module = ''] = group.split('.');
  const found = [module, version, String(document.kind)].reduce<unknown>(fieldOf, kubernetes);
  return typeof found === 'function' && fieldOf(found, '__pulumiType') === typeTokenOf(document)
    ? (found as ObjectClass)
    : undefined;
}

function fieldOf(parent: unknown, name: string): unknown {
  const isParent = (typeof parent === 'object' && parent !== null) || typeof parent === 'function';
  return isParent && Object.hasOwn(parent, name) ? Reflect.get(parent, name) : undefined;
}
