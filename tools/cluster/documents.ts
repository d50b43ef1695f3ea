import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** A Kubernetes object, as far as it is looked at here. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [part: string]: unknown;
}

/** The objects of an environment's folder, in the order of its files. */
export function objectsIn(folder: string): KubernetesObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return files.sort().flatMap((name) => {
    const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
    return documents.map((it) => it.toJS() as KubernetesObject | null).filter((it) => it !== null);
  });
}

/** Every image that containers of these objects name, once. */
export function imagesOf(objects: readonly KubernetesObject[]): string[] {
  const images = [...valuesOf(objects, 'image')].filter((it) => typeof it === 'string');
  return [...new Set(images)];
}

/**
 * Secrets that containers read and that the objects do not hold, since manifests hold none: each with made-up values.
 */
export function missingSecrets(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const keys = new Map<string, { namespace: string; name: string; keys: Set<string> }>();
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? 'default';
    for (const { name, key } of referencesIn(object)) {
      const id = `${namespace}/${name}`;
      const known = keys.get(id) ?? { namespace, name, keys: new Set<string>() };
      keys.set(id, known);
      known.keys.add(key);
    }
  }
  const held = new Set(objects.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name));
  const missing = [...keys.values()].filter(({ name }) => !held.has(name));
  return missing.map(({ namespace, name, keys: wanted }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: Object.fromEntries([...wanted].map((key) => [key, madeUp(key)])),
  }));
}

function madeUp(key: string): string {
  return /user/i.test(key) ? 'darkroom' : randomBytes(12).toString('hex');
}

interface SecretReference {
  readonly name: string;
  readonly key: string;
}

function referencesIn(object: KubernetesObject): SecretReference[] {
  return [...valuesOf(object, 'secretKeyRef')] as SecretReference[];
}

function* valuesOf(value: unknown, name: string): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inside] of Object.entries(value)) {
    if (key === name) yield inside;
    yield* valuesOf(inside, name);
  }
}
