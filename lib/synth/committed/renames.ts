import { isSame, type JsonObject } from '../../json-value';
import { fieldsOf, objectsOf, within } from '../../plan/fields';
import { identityKey, identityOf } from '../identity';
import { type Hazard, wayOut } from './change';
import { type ChangedCluster, isSameWork, podOf, type Succession } from './same-work';

const RULE = 'renamed-object';

/** What is lost, or runs twice, when an object of a kind is called something else. */
const LOSSES: Readonly<Record<string, string>> = {
  'apps/Deployment': 'a second one would run beside it',
  'apps/DaemonSet': 'a second one would run beside it',
  'batch/CronJob': 'a second one would run beside it',
  'apps/StatefulSet': 'its members would start with empty volumes',
  '/PersistentVolumeClaim': 'its data would stay in the old one',
};

/**
 * A workload or claim whose name is gone, while one of its kind and namespace is new that does the same: it has the
 * same labels, the same pods ({@link isSameWork}), or for a claim the place where the old one was mounted.
 *
 * @param gone documents of objects that are no longer there
 */
export function renameHazards(
  come: JsonObject,
  gone: readonly JsonObject[],
  cluster: ChangedCluster,
): Hazard[] {
  const { group, kind, namespace, name } = identityOf(come);
  const loss = LOSSES[`${group}/${kind}`];
  if (loss === undefined) return [];
  const before = gone.find((one) => {
    const old = identityOf(one);
    return (
      old.group === group &&
      old.kind === kind &&
      old.namespace === namespace &&
      isSuccessor({ gone: one, come }, cluster)
    );
  });
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

function isSuccessor(pair: Succession, cluster: ChangedCluster): boolean {
  if (isLike(pair) && !sharesLabels(pair)) return true;
  return pair.come.kind === 'PersistentVolumeClaim'
    ? isMountedInstead(pair, cluster)
    : isSameWork(pair, cluster);
}

/** Whether their labels are the same; where one has its own name, the other may have its own. */
function isLike({ gone, come }: Succession): boolean {
  const [labels, others] = [labelsOf(gone), labelsOf(come)];
  const [old, name] = [identityOf(gone).name, identityOf(come).name];
  const keys = Object.keys(labels);
  return (
    keys.length > 0 &&
    isSame(keys.sort(), Object.keys(others).sort()) &&
    keys.every((key) => labels[key] === others[key] || (labels[key] === old && others[key] === name))
  );
}

/** Capstan gives all workloads of an app the same labels, and many charts all their jobs. Where data is lost, that is enough. */
function sharesLabels({ come }: Succession): boolean {
  if (come.kind === 'CronJob') return true;
  const isKeeper = come.kind === 'StatefulSet' || come.kind === 'PersistentVolumeClaim';
  return !isKeeper && labelsOf(come)['app.kubernetes.io/managed-by'] === 'capstan';
}

function labelsOf(document: JsonObject): Readonly<Record<string, unknown>> {
  return fieldsOf(within(document, 'metadata', 'labels')) ?? {};
}

/** Whether a workload that goes on mounts the new claim where it had the old one. */
function isMountedInstead({ gone, come }: Succession, { before, after }: ChangedCluster): boolean {
  const { namespace, name } = identityOf(come);
  return before.some((workload) => {
    const identity = identityOf(workload);
    const now = after.find((it) => identityKey(identityOf(it)) === identityKey(identity));
    if (identity.namespace !== namespace || now === undefined) return false;
    const places = mountsOf(workload, identityOf(gone).name);
    return mountsOf(now, name).some((place) => places.includes(place));
  });
}

/** Where a workload mounts a claim. */
function mountsOf(workload: JsonObject, claim: string): string[] {
  const pod = podOf(workload);
  const volumes = objectsOf(within(pod, 'volumes'))
    .filter((volume) => within(volume, 'persistentVolumeClaim', 'claimName') === claim)
    .map(({ name }) => name);
  return objectsOf(within(pod, 'containers')).flatMap((container) =>
    objectsOf(container.volumeMounts)
      .filter((mount) => volumes.includes(mount.name))
      .map((mount) => `${String(container.name)} ${String(mount.mountPath)}`),
  );
}
