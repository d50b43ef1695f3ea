import { fieldsOf, within } from '../../lib/plan/fields';
import { type Kubectl, keyOf } from './compare-live';
import type { Document } from './normalise';

/** Kinds that a cluster makes by itself, and not for good. */
const PASSING = new Set(['Endpoints', 'Event', 'EndpointSlice', 'Lease', 'PodMetrics']);

/** Objects that Kubernetes makes in each namespace. */
const OF_EACH_NAMESPACE = [/^ServiceAccount \S+\/default$/, /^ConfigMap \S+\/kube-root-ca\.crt$/];

/**
 * What lies in namespaces and is in no document, by what the cluster knows it by. Left out: what another object owns,
 * as ReplicaSets and Pods are, claims of StatefulSets, and what Kubernetes makes by itself.
 */
export async function strangers(
  kubectl: Kubectl,
  namespaces: readonly string[],
  documents: readonly Document[],
): Promise<string[]> {
  const known = new Set(documents.map(keyOf));
  const printed = await kubectl(['api-resources', '--namespaced', '--verbs=list', '-o', 'name']);
  const kinds = printed
    .split('\n')
    .filter((name) => name !== '')
    .join(',');
  const found: string[] = [];
  for (const namespace of namespaces) {
    const json = await kubectl(['get', kinds, '--namespace', namespace, '--ignore-not-found', '-o', 'json']);
    const items = json.trim() === '' ? [] : (JSON.parse(json) as { items: readonly Document[] }).items;
    found.push(...items.filter((object) => !isOfTheCluster(object, documents)).map(keyOf));
  }
  return [...new Set(found)].filter((key) => !known.has(key)).sort();
}

function isOfTheCluster(object: Document, documents: readonly Document[]): boolean {
  const isOwned = within(object, 'metadata', 'ownerReferences') !== undefined;
  return (
    isOwned ||
    PASSING.has(String(object.kind)) ||
    OF_EACH_NAMESPACE.some((it) => it.test(keyOf(object))) ||
    isClaimOfStatefulSet(object, documents)
  );
}

/** They are kept when their StatefulSet goes, so that nobody owns them. */
function isClaimOfStatefulSet(object: Document, documents: readonly Document[]): boolean {
  if (object.kind !== 'PersistentVolumeClaim') return false;
  const name = String(within(object, 'metadata', 'name'));
  return documents.some((document) => {
    if (document.kind !== 'StatefulSet') return false;
    const templates = within(document, 'spec', 'volumeClaimTemplates');
    const names = Array.isArray(templates) ? templates.map((it) => within(it, 'metadata', 'name')) : [];
    const set = String(fieldsOf(document.metadata)?.name);
    return names.some((template) => name.startsWith(`${template}-${set}-`));
  });
}
