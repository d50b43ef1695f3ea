import { fieldsOf, objectsOf, textAt, within } from '../plan/fields';

/** In whose name an object is applied. */
export interface Applier {
  /** On the client's side its own copy of the last manifest says what goes, on the server's side the field manager. */
  readonly side: 'client' | 'server';
  readonly manager: string;
}

/** Whoever applies by hand. */
const BY_HAND = 'kubectl';

/** Holds the number of pods alone, see docs/deploy.md. */
const HANDOVER = 'capstan-handover';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Who applied a live object last: only as that manager a dry run shows which fields go. Of several the one that holds
 * most fields.
 */
export function applierOf(live: unknown): Applier {
  const managers = objectsOf(within(live, 'metadata', 'managedFields'))
    .filter((it) => it.operation === 'Apply' && it.manager !== HANDOVER && it.subresource === undefined)
    .sort((a, b) => fieldCount(b.fieldsV1) - fieldCount(a.fieldsV1));
  const manager = textAt(managers[0], 'manager');
  if (manager !== undefined) return { side: 'server', manager };
  const isClientSide = textAt(live, 'metadata', 'annotations', LAST_APPLIED) !== undefined;
  return { side: isClientSide ? 'client' : 'server', manager: BY_HAND };
}

function fieldCount(value: unknown): number {
  const fields = fieldsOf(value);
  if (fields === undefined) return 0;
  return Object.values(fields).reduce<number>((sum, field) => sum + 1 + fieldCount(field), 0);
}

/** A live object without what is the server's alone. */
export function withoutServerFields(object: unknown): Record<string, unknown> {
  const { status: _, metadata, ...rest } = fieldsOf(object) ?? {};
  const {
    managedFields,
    resourceVersion,
    uid,
    generation,
    creationTimestamp,
    selfLink,
    annotations,
    ...kept
  } = fieldsOf(metadata) ?? {};
  const { [LAST_APPLIED]: __, ...others } = fieldsOf(annotations) ?? {};
  const isAnnotated = Object.keys(others).length > 0;
  return { ...rest, metadata: { ...kept, ...(isAnnotated && { annotations: others }) } };
}
