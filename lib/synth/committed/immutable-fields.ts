import { isSame, type JsonObject } from '../../json-value';
import { fieldsOf, within } from '../../plan/fields';
import { quantityValue } from '../../schema/quantity';
import { type ChangedObject, type Hazard, wayOut } from './change';
import { claimTemplates, claimTemplatesWay } from './claim-templates';
import { type Difference, differences } from './differences';

/** What of a kind a cluster never changes, as functions of the document by the field's pointer. */
type Immutable = Readonly<Record<string, (document: JsonObject) => unknown>>;

const at =
  (...names: readonly string[]) =>
  (document: JsonObject) =>
    within(document, ...names);

/** Stands for a value that may still change. */
const MUTABLE = Symbol('mutable');

const ROLE_BINDING: Immutable = { '/roleRef': at('roleRef') };
const SELECTOR: Immutable = { '/spec/selector': at('spec', 'selector') };

const CLAIM_TEMPLATES = '/spec/volumeClaimTemplates';

const IMMUTABLE_FLAG: Immutable = {
  '/immutable': (document) => (document.immutable === true ? true : MUTABLE),
};

/** By group and kind; what the API servers of 1.32 and 1.37 refuse to change. */
const IMMUTABLE: Readonly<Record<string, Immutable>> = {
  'apps/Deployment': SELECTOR,
  'apps/DaemonSet': SELECTOR,
  'apps/ReplicaSet': SELECTOR,
  'apps/StatefulSet': {
    ...SELECTOR,
    '/spec/serviceName': (document) => within(document, 'spec', 'serviceName') ?? '',
    '/spec/podManagementPolicy': (document) =>
      within(document, 'spec', 'podManagementPolicy') ?? 'OrderedReady',
    [CLAIM_TEMPLATES]: claimTemplates,
  },
  'batch/Job': {
    ...SELECTOR,
    '/spec/template': at('spec', 'template'),
    '/spec/completionMode': (document) => within(document, 'spec', 'completionMode') ?? 'NonIndexed',
  },
  '/Service': { '/spec/clusterIP': clusterAddress },
  '/ConfigMap': { ...IMMUTABLE_FLAG, '/data': frozen('data'), '/binaryData': frozen('binaryData') },
  '/Secret': {
    ...IMMUTABLE_FLAG,
    '/type': (document) => document.type ?? 'Opaque',
    '/data': frozen('data'),
    '/stringData': frozen('stringData'),
  },
  'storage.k8s.io/StorageClass': {
    '/provisioner': at('provisioner'),
    '/parameters': at('parameters'),
    '/reclaimPolicy': (document) => document.reclaimPolicy ?? 'Delete',
    '/volumeBindingMode': (document) => document.volumeBindingMode ?? 'Immediate',
  },
  'scheduling.k8s.io/PriorityClass': {
    '/value': at('value'),
    '/preemptionPolicy': (document) => document.preemptionPolicy ?? 'PreemptLowerPriority',
  },
  'rbac.authorization.k8s.io/RoleBinding': ROLE_BINDING,
  'rbac.authorization.k8s.io/ClusterRoleBinding': ROLE_BINDING,
  'networking.k8s.io/IngressClass': { '/spec/controller': at('spec', 'controller') },
};

/** By group and kind; what alone of their spec may change. */
const MUTABLE_SPEC: Readonly<Record<string, readonly string[]>> = {
  '/PersistentVolumeClaim': ['resources', 'volumeAttributesClassName'],
  '/PersistentVolume': [
    'accessModes',
    'capacity',
    'claimRef',
    'mountOptions',
    'persistentVolumeReclaimPolicy',
    'storageClassName',
    'volumeAttributesClassName',
  ],
};

const RULE = 'immutable-field';

/** A field that the API server refuses to change, and where its value differs. */
export interface FixedField {
  /** JSON pointer of the field. */
  readonly pointer: string;
  /** The places below it that differ. */
  readonly found: readonly Difference[];
}

/** Fields of a changed object that the API server refuses to change: the object would have to be deleted and made again. */
export function fixedFields(change: ChangedObject): FixedField[] {
  const { identity, before, after } = change;
  const { group, kind } = identity;
  const fields = { ...IMMUTABLE[`${group}/${kind}`], ...specFields(change) };
  return Object.entries(fields).flatMap(([pointer, read]) => {
    const was = read(before);
    const is = read(pointer === '/immutable' ? after : { ...after, immutable: true });
    if (was === MUTABLE || isSame(was ?? null, is ?? null)) return [];
    return [{ pointer, found: differences(was, is) }];
  });
}

/** Changes of fields that the API server refuses to change: the object would have to be deleted and made again. */
export function immutableFieldHazards(change: ChangedObject): Hazard[] {
  const { kind, name } = change.identity;
  const hazards = fixedFields(change).map(({ pointer, found }) => {
    const way = pointer === CLAIM_TEMPLATES ? claimTemplatesWay(change, wayOut(RULE)) : undefined;
    return changeHazard(`${kind} ${name} ${pointer}`, found, way);
  });
  return [...hazards, ...shrunk(change)];
}

function specFields({ identity, before, after }: ChangedObject): Immutable {
  const mutable = MUTABLE_SPEC[`${identity.group}/${identity.kind}`];
  if (mutable === undefined) return {};
  const names = [before, after].flatMap(({ spec }) => Object.keys(fieldsOf(spec) ?? {}));
  const fixed = [...new Set(names)].filter((name) => !mutable.includes(name));
  return Object.fromEntries(fixed.map((name) => [`/spec/${name}`, at('spec', name)]));
}

function shrunk({ identity, before, after }: ChangedObject): Hazard[] {
  if (identity.kind !== 'PersistentVolumeClaim' || identity.group !== '') return [];
  const size = (document: JsonObject) => within(document, 'spec', 'resources', 'requests', 'storage');
  const [was, is] = [quantityValue(size(before)), quantityValue(size(after))];
  if (was === undefined || is === undefined || is >= was) return [];
  const prop = `PersistentVolumeClaim ${identity.name} /spec/resources/requests/storage`;
  return [hazard(prop, `be ${String(size(before))} or more`, String(size(after)))];
}

/** Names one place by itself; several with their values, as they may be far apart. */
function changeHazard(prop: string, found: readonly Difference[], fix?: string): Hazard {
  const [only] = found;
  if (only !== undefined && found.length === 1)
    return hazard(`${prop}${only.pointer}`, `stay ${show(only.was)}`, show(only.is), fix);
  const list = (side: 'was' | 'is') => cut(found.map((it) => `${it.pointer} ${show(it[side])}`).join(', '));
  return hazard(prop, `stay ${list('was')}`, list('is'), fix);
}

const ANEW = `Set it back, or make an object of another name; or delete the object in each cluster first and ${wayOut(RULE)}.`;

function hazard(prop: string, wanted: string, got: string, fix = ANEW): Hazard {
  return {
    rule: RULE,
    problem: {
      prop,
      wanted: `must ${wanted}, as committed, since no cluster changes it`,
      got,
      fix,
    },
  };
}

function show(value: unknown): string {
  return cut(JSON.stringify(value) ?? 'nothing');
}

function cut(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

function frozen(field: string) {
  return (document: JsonObject) => (document.immutable === true ? (document[field] ?? {}) : MUTABLE);
}

function clusterAddress(document: JsonObject): unknown {
  if (within(document, 'spec', 'type') === 'ExternalName') return '';
  return within(document, 'spec', 'clusterIP') ?? '';
}
