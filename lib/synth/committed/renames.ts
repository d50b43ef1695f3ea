import { fieldsOf, within } from '../../fields';
import { isSame, type JsonObject } from '../../json-value';
import { identityOf } from '../identity';
import { type Hazard, wayOut } from './change';

const RULE = 'renamed-object';

/** What is lost, or runs twice, when an object of a kind is called something else. */
const LOSSES: Readonly<Record<string, string>> = {
  'apps/Deployment': 'a second one would run beside it',
  'apps/DaemonSet': 'a second one would run beside it',
  'apps/StatefulSet': 'its members would start with empty volumes',
  '/PersistentVolumeClaim': 'its data would stay in the old one',
};

/**
 * A workload or claim whose name is gone, while one of its kind with the same labels is new; its own name in them does
 * not count.
 *
 * @param gone documents of objects that are no longer there
 */
export function renameHazards(after: JsonObject, gone: readonly JsonObject[]): Hazard[] {
  const { group, kind, namespace, name } = identityOf(after);
  const loss = LOSSES[`${group}/${kind}`];
  if (loss === undefined) return [];
  const old = gone
    .map(identityOf)
    .findIndex(
      (it, index) =>
        it.group === group && it.kind === kind && it.namespace === namespace && isLike(gone[index], after),
    );
  const before = gone[old];
  if (before === undefined) return [];
  return [
    {
      rule: RULE,
      problem: {
        prop: `${kind} ${name} metadata.name`,
        wanted: `must stay ${identityOf(before).name}, as committed: ${loss}`,
        got: name,
        fix: `Keep the name; or move what it holds yourself and ${wayOut(RULE)}.`,
      },
    },
  ];
}

function isLike(before: JsonObject | undefined, after: JsonObject): boolean {
  const [labels, others] = [before, after].map((it) => (it === undefined ? {} : namelessLabels(it)));
  return Object.keys(labels ?? {}).length > 0 && isSame(labels, others);
}

function namelessLabels(document: JsonObject): Record<string, unknown> {
  const { name } = identityOf(document);
  const labels = Object.entries(fieldsOf(within(document, 'metadata', 'labels')) ?? {});
  return Object.fromEntries(labels.map(([key, value]) => [key, value === name ? '' : value]));
}
