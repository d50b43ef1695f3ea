import type { JsonObject } from '../json-value';
import { identityKey, identityOf } from '../synth/identity';
import { EFFECTS, isMore, type ObjectChange, type ObjectPair, titleOf } from './change';
import { withoutDefaults } from './defaults';
import { additionEffect, changeEffect, removalEffect } from './effect';
import { type FieldChange, fieldChanges } from './field-changes';
import { settingsEffect, type Users, type Verdict } from './settings-effect';

/**
 * What of two sets of manifests differs, and what that does to pods that run. What API servers fill in by themselves is
 * no difference.
 */
export function compareManifests(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): ObjectChange[] {
  const [was, is] = [byIdentity(before), byIdentity(after)];
  const keys = new Set([...was.keys(), ...is.keys()]);
  const pairs = [...keys].flatMap((key): ObjectPair[] => {
    const [old, young] = [was.get(key), is.get(key)];
    const document = young ?? old;
    if (document === undefined) return [];
    const identity = identityOf(document);
    if (old === undefined || young === undefined) {
      return [{ identity, fields: [], ...(old && { before: old }), ...(young && { after: young }) }];
    }
    const fields = withoutDefaults(fieldChanges(old, young), old, young);
    return fields.length === 0 ? [] : [{ identity, before: old, after: young, fields }];
  });
  return judge(pairs, after);
}

/**
 * What differences do to pods that run.
 *
 * @param documents all documents that are to come: a ConfigMap is judged by those that use it
 */
export function judge(pairs: readonly ObjectPair[], documents: readonly JsonObject[]): ObjectChange[] {
  const isSettings = ({ identity: { group, kind } }: ObjectPair) =>
    group === '' && (kind === 'ConfigMap' || kind === 'Secret');
  const workloads = pairs
    .filter((pair) => !isSettings(pair))
    .map((pair) => concluded(pair, verdictsOf(pair)));
  const users: Users = { documents, workloads };
  const settings = pairs
    .filter(isSettings)
    .map((pair) => concluded(pair, [...fixedSettings(pair), ...settingsEffect(pair, users)]));
  const order = (change: ObjectChange) => -EFFECTS.indexOf(change.effect);
  return [...workloads, ...settings].sort((a, b) => order(a) - order(b) || (a.object < b.object ? -1 : 1));
}

function verdictsOf(pair: ObjectPair): Verdict[] {
  const { before, after } = pair;
  if (before === undefined) return [additionEffect(pair)];
  if (after === undefined) return [removalEffect(pair)];
  return changeEffect({ ...pair, before, after });
}

/** One that is immutable has to be deleted first. Pods keep what they started with, so its users say what happens. */
function fixedSettings(pair: ObjectPair): Verdict[] {
  const { before, after } = pair;
  if (before === undefined || after === undefined) return [];
  return changeEffect({ ...pair, before, after }).filter(({ effect }) => effect === 'replace');
}

function concluded(pair: ObjectPair, verdicts: readonly Verdict[]): ObjectChange {
  const { identity, before, after, fields } = pair;
  const sorted = [...verdicts].sort((a, b) =>
    isMore(a.effect, b.effect) ? -1 : isMore(b.effect, a.effect) ? 1 : 0,
  );
  return {
    object: titleOf(identity),
    identity,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    effect: sorted[0]?.effect ?? 'nothing',
    why: [...new Set(sorted.map(({ why }) => why))],
    fields: identity.kind === 'Secret' ? fields.map(withoutValues) : fields,
  };
}

/** What is in a Secret is for nobody's terminal. */
function withoutValues(change: FieldChange): FieldChange {
  const { keys, was, is } = change;
  if (keys[0] !== 'data' && keys[0] !== 'stringData') return change;
  const hidden = (value: unknown, text: string) => (value === undefined ? undefined : text);
  return { keys, was: hidden(was, '(hidden)'), is: hidden(is, '(hidden, another one)') };
}

function byIdentity(documents: readonly JsonObject[]): Map<string, JsonObject> {
  return new Map(documents.map((document) => [identityKey(identityOf(document)), document]));
}
