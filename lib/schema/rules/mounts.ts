import type { Identity } from '../kind';
import { nearest } from '../nearest';
import { type Check, isObject } from '../walk';
import { addRelation, type Fields, objectAt, objectsAt, textAt } from './rule';

const TEMPLATE = ['spec', 'template', 'spec'];

/** Where the pods of built-in kinds are described. */
const PODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/Pod', ['spec']],
  ['/ReplicationController', TEMPLATE],
  ['apps/DaemonSet', TEMPLATE],
  ['apps/Deployment', TEMPLATE],
  ['apps/ReplicaSet', TEMPLATE],
  ['apps/StatefulSet', TEMPLATE],
  ['batch/CronJob', ['spec', 'jobTemplate', ...TEMPLATE]],
  ['batch/Job', TEMPLATE],
]);

/**
 * The check that containers mount volumes of their pod only; `undefined` for kinds without pods. It is one of the
 * object, since a StatefulSet has volumes outside of its pod template as well.
 */
export function mountRule({ group, kind }: Identity): Check | undefined {
  const place = PODS.get(`${group}/${kind}`);
  if (place === undefined) return undefined;
  return (value, walk) => {
    if (!isObject(value)) return;
    const pod = place.reduce<Fields>(objectAt, value);
    const claims = objectsAt(objectAt(value, 'spec'), 'volumeClaimTemplates');
    const names = new Set([
      ...objectsAt(pod, 'volumes').map((volume) => textAt(volume, 'name')),
      ...claims.map((claim) => textAt(objectAt(claim, 'metadata'), 'name')),
    ]);
    for (const list of ['initContainers', 'containers']) {
      for (const [index, container] of objectsAt(pod, list).entries()) {
        for (const [position, mount] of objectsAt(container, 'volumeMounts').entries()) {
          const name = textAt(mount, 'name');
          if (names.has(name)) continue;
          const like = nearest(name, names);
          const fix = like === undefined ? 'Add the volume.' : `Write ${like}, or add the volume.`;
          const below = [...place, list, index, 'volumeMounts', position, 'name'];
          addRelation(walk, 'must name a volume of the pod', walk.show(name), fix, ...below);
        }
      }
    }
  };
}
