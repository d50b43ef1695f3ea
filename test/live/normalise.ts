import type { JsonObject } from '../../lib/json-value';
import { fieldsOf, objectsOf, within } from '../../lib/plan/fields';

/** An object, as a document or as an API server has it. */
export type Document = JsonObject;

type Mutable = Record<string, unknown>;

/** What an API server writes into metadata by itself. */
const SERVER_OWNED = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** What controllers of Kubernetes itself, and storage provisioners, note down at objects. */
const CONTROLLER_ANNOTATIONS = [
  /^deployment\.kubernetes\.io\/revision$/,
  /^(pv|volume)(\.beta)?\.kubernetes\.io\//,
];

/**
 * A copy of a live object without what differs from one cluster to the next, and from one moment to the next: the
 * server's own metadata, status, addresses and ports that it chose, and what its controllers write.
 */
export function normalised(object: Document): Document {
  const copy = structuredClone(object) as Mutable;
  delete copy.status;
  const metadata = fieldsOf(copy.metadata) as Mutable;
  for (const name of SERVER_OWNED) delete metadata[name];
  removeWhere(metadata, 'annotations', (name) => CONTROLLER_ANNOTATIONS.some((it) => it.test(name)));
  forget[String(object.kind)]?.(copy, fieldsOf(copy.spec) as Mutable);
  return copy as Document;
}

/** What is chosen anew for each object of a kind. */
const forget: Readonly<Record<string, (object: Mutable, spec: Mutable) => void>> = {
  Service(object, spec) {
    for (const name of [
      'healthCheckNodePort',
      ...(spec.clusterIP === 'None' ? [] : ['clusterIP', 'clusterIPs']),
    ]) {
      delete spec[name];
    }
    for (const port of objectsOf(spec.ports)) delete (port as Mutable).nodePort;
    // Of a load balancer's controller.
    delete (object.metadata as Mutable).finalizers;
  },
  PersistentVolumeClaim(_, spec) {
    delete spec.volumeName;
  },
  Job(object, spec) {
    const isOwn = (name: string) => /(^|\/)controller-uid$/.test(name);
    removeWhere(object.metadata as Mutable, 'labels', isOwn);
    removeWhere(within(spec, 'template', 'metadata') as Mutable, 'labels', isOwn);
    removeWhere(spec.selector as Mutable, 'matchLabels', isOwn);
  },
};

/** Removes entries of a map below an object, and the map when none is left. */
function removeWhere(parent: Mutable | undefined, name: string, isRemoved: (key: string) => boolean): void {
  const map = fieldsOf(parent?.[name]) as Mutable | undefined;
  if (parent === undefined || map === undefined) return;
  for (const key of Object.keys(map)) if (isRemoved(key)) delete map[key];
  if (Object.keys(map).length === 0) delete parent[name];
}
