import { fieldsOf } from '../fields';
import type { JsonObject } from '../json-value';

/**
 * What `pulumi up` waits for. A boolean is for every kind that Pulumi can wait for; an object says it kind by kind, by
 * the name of the kind, and leaves the others at their default. A text is a condition that the object has to meet, in
 * the form of `kubectl wait --for`, such as `'condition=Accepted'`: Pulumi knows none of its own for kinds of CRDs.
 */
export type Waiting = boolean | Readonly<Record<string, boolean | string>>;

const SKIP = 'pulumi.com/skipAwait';
const WAIT_FOR = 'pulumi.com/waitFor';

/**
 * Kinds that Pulumi waits for, and whether it does by default here. It also waits until a Namespace is gone, which no
 * setting changes: otherwise the next `up` would find it still going.
 */
const AWAITED: Readonly<Record<string, boolean>> = {
  DaemonSet: true,
  Deployment: true,
  Job: true,
  PersistentVolume: true,
  Pod: true,
  ReplicationController: true,
  ResourceQuota: true,
  Secret: true,
  ServiceAccount: true,
  StatefulSet: true,
  // Ready when it has an address, which takes a controller that publishes one.
  Ingress: false,
  // Bound when a pod uses it, in most clusters; that pod may well come after it.
  PersistentVolumeClaim: false,
  // Ready when pods answer, which may well come after it.
  Service: false,
};

/** A document with the annotation that tells Pulumi how to wait for it; most are as they were. */
export function withWaiting(document: JsonObject, waiting: Waiting): JsonObject {
  const kind = String(document.kind);
  const byDefault = AWAITED[kind];
  const wanted = typeof waiting === 'boolean' ? waiting : (waiting[kind] ?? byDefault);
  if (typeof wanted === 'string') return annotated(document, WAIT_FOR, wanted);
  return wanted === false && byDefault !== undefined ? annotated(document, SKIP, 'true') : document;
}

/** What the document says itself goes first. */
function annotated(document: JsonObject, name: string, value: string): JsonObject {
  const metadata = fieldsOf(document.metadata) as JsonObject | undefined;
  const annotations = { [name]: value, ...(fieldsOf(metadata?.annotations) as JsonObject | undefined) };
  return { ...document, metadata: { ...metadata, annotations } };
}
