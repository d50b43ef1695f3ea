import { isSame, type JsonObject, withSortedFields } from '../../json-value';
import { fieldsOf, objectsOf, within } from '../../plan/fields';
import { identityOf } from '../identity';

/** The documents of a cluster before and after a change. */
export interface ChangedCluster {
  /** Committed documents that changed or are gone. */
  readonly before: readonly JsonObject[];
  /** All documents that are to come. */
  readonly after: readonly JsonObject[];
}

/** An object that is gone, and one of its kind and namespace that is new. */
export interface Succession {
  readonly gone: JsonObject;
  readonly come: JsonObject;
}

/**
 * Whether a new workload does what a gone one did: its pods run the same programs and are the same apart from its name,
 * or they take their tasks from the same place, whatever else has changed.
 */
export function isSameWork(pair: Succession, cluster: ChangedCluster): boolean {
  const [was, is] = [podOf(pair.gone), podOf(pair.come)];
  if (was === undefined || is === undefined || !isSame(programsOf(was), programsOf(is))) return false;
  const configurations = configurationsOf(pair, cluster);
  if (configurations.some(([one, other]) => hasSameSource(one, other))) return true;
  return nameless(was, pair) === nameless(is, pair) && configurations.every(([one, other]) => one === other);
}

/** Spec of the pods of a workload; `undefined` for what has none. */
export function podOf(document: JsonObject): unknown {
  const owner = within(document, 'spec', 'jobTemplate') ?? document;
  return within(owner, 'spec', 'template', 'spec');
}

/** Images by name: another version is the same program. */
function programsOf(pod: unknown): string[] {
  return objectsOf(within(pod, 'containers')).map(({ image }) =>
    String(image).replace(/(:[^/:@]*)?(@.*)?$/, ''),
  );
}

/** Data of the ConfigMaps that are called after the two workloads, before and now, without their names. */
function configurationsOf(pair: Succession, { before, after }: ChangedCluster): [string, string][] {
  const { namespace } = identityOf(pair.gone);
  const isBeside = (it: JsonObject) => it.kind === 'ConfigMap' && identityOf(it).namespace === namespace;
  const [gone, come] = [before, after].map((documents) => (documents ?? []).filter(isBeside));
  return (gone ?? []).flatMap((one): [string, string][] => {
    const { name } = identityOf(one);
    const called = nameless(name, pair);
    const other = come?.find(
      (it) => identityOf(it).name !== name && nameless(identityOf(it).name, pair) === called,
    );
    return other === undefined ? [] : [[nameless(one.data, pair), nameless(other.data, pair)]];
  });
}

/** Numbers, and a queue of the worker's own, name no place. */
function hasSameSource(one: string, other: string): boolean {
  const [was, is] = [one, other].map((data) =>
    Object.values(fieldsOf(within(JSON.parse(data), 'value')) ?? {}).flatMap((text) =>
      textsIn(within(parsed(text), 'source')),
    ),
  );
  return was !== undefined && was.length > 0 && isSame(was, is);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/**
 * A value as JSON in which neither name stands: a worker may be named like its app or its queue, which keep theirs.
 * Images, compared by themselves, and what selects by labels are left out.
 */
function nameless(value: unknown, { gone, come }: Succession): string {
  const names = [gone, come].map((it) => identityOf(it).name.replaceAll('.', '\\.'));
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${names.join('|')})(?![A-Za-z0-9])`, 'g');
  return JSON.stringify(withSortedFields({ value: value ?? {} }), (key, field) => {
    if (key === 'image' || key === 'labelSelector') return undefined;
    return typeof field === 'string' ? field.replace(pattern, '*') : field;
  });
}
