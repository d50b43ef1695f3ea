import type { JsonObject } from '../json-value';
import { fieldsOf } from '../plan/fields';

/**
 * What `pulumi up` waits for. A boolean is for every kind that Pulumi can wait for; an object says it kind by kind, by
 * the name of the kind, and leaves the others at their default. A text is a condition that the object has to meet, in
 * the form of `kubectl wait --for`, such as `'condition=Accepted'`: Pulumi knows none of its own for kinds of CRDs.
 */
export type Waiting = boolean | Readonly<Record<string, boolean | string>>;

const SKIP = 'pulumi.com/skipAwait';
const WAIT_FOR = 'pulumi.com/waitFor';
/** A condition that every object meets. */
const IS_THERE = 'jsonpath={.metadata.uid}';

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
  // Where claims are bound by the pod that uses them, Pulumi waits until it is not bound, for ever when it is already.
  PersistentVolumeClaim: false,
  // Ready when pods answer, which may well come after it.
  Service: false,
};

/**
 * Of these, one that says `skipAwait` is not waited for when it is deleted either. Pulumi would then apply what replaces
 * it to what is still going, and it would go as well.
 */
const SKIPPED_WHEN_DELETED = new Set([
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'ReplicationController',
  'StatefulSet',
]);

/** A document with the annotation that tells Pulumi how to wait for it; most are as they were. */
export function withWaiting(document: JsonObject, waiting: Waiting): JsonObject {
  const kind = String(document.kind);
  const byDefault = AWAITED[kind];
  const wanted = typeof waiting === 'boolean' ? waiting : (waiting[kind] ?? byDefault);
  if (typeof wanted === 'string') return annotated(document, WAIT_FOR, wanted);
  if (wanted !== false || byDefault === undefined) return document;
  return SKIPPED_WHEN_DELETED.has(kind)
    ? annotated(document, WAIT_FOR, IS_THERE)
    : annotated(document, SKIP, 'true');
}

/** What the document says itself goes first. */
function annotated(document: JsonObject, name: string, value: string): JsonObject {
  const metadata = fieldsOf(document.metadata) as JsonObject | undefined;
  const given = fieldsOf(metadata?.annotations) as JsonObject | undefined;
  if (given !== undefined && (SKIP in given || WAIT_FOR in given)) return document;
  return { ...document, metadata: { ...metadata, annotations: { ...given, [name]: value } } };
}
