import { posix } from 'node:path';
import type { Volume, VolumeMount } from 'cdk8s-plus-27';
import type { Problem } from '../../plan/problem';
import { ACCESS_FOLDER, ACCESS_VOLUMES } from '../client-access';
import {
  CONFIG_FOLDER,
  CONFIG_VOLUME,
  LIVE_FOLDER,
  LIVE_VOLUME,
  SCRATCH_FOLDER,
  SCRATCH_VOLUME,
} from '../names';
import { valueText } from '../value-text';

const OWN_FOLDERS = [CONFIG_FOLDER, LIVE_FOLDER, ACCESS_FOLDER];
const OWN_VOLUMES: readonly string[] = [CONFIG_VOLUME, LIVE_VOLUME, SCRATCH_VOLUME, ...ACCESS_VOLUMES];

/** A volume of the program's, and the property that names it. */
export interface Mount {
  readonly prop: string;
  readonly path: string;
  readonly volume: Volume;
}

/** The volumes of the property `volumes`. */
export function volumeMounts(volumes: readonly VolumeMount[] = []): Mount[] {
  return volumes.map(({ path, volume }, index) => ({ prop: `volumes[${index}]`, path, volume }));
}

/** What is wrong with where the volumes of a Capstan runtime's pods are mounted, and with their names. */
export function checkMounts(mounts: readonly Mount[]): Problem[] {
  return [...checkPaths(mounts), ...checkNames(mounts)];
}

function checkPaths(mounts: readonly Mount[]): Problem[] {
  const taken = new Set<string>([...OWN_FOLDERS, SCRATCH_FOLDER]);
  return mounts.flatMap(({ prop, path }) => {
    if (!isMountable(path)) {
      return {
        prop: `${prop}.path`,
        wanted: 'must be an absolute path below / without a colon',
        got: valueText(path),
        fix: 'Name the folder of the container from / on, such as /data.',
      };
    }
    const place = normalised(path);
    if (!taken.has(place) && !OWN_FOLDERS.some((folder) => place.startsWith(`${folder}/`))) {
      taken.add(place);
      return [];
    }
    return {
      prop: `${prop}.path`,
      wanted: `must be a path that nothing else is mounted at, and not in ${OWN_FOLDERS.join(' or ')}`,
      got: path,
      fix: 'Mount it elsewhere.',
    };
  });
}

/** Pods tell volumes apart by their names. One volume may be mounted several times. */
function checkNames(mounts: readonly Mount[]): Problem[] {
  const named = new Map<string, Volume>();
  return mounts.flatMap(({ prop, volume }) => {
    const { name } = volume;
    const first = named.get(name) ?? volume;
    named.set(name, first);
    if (first === volume && !OWN_VOLUMES.includes(name)) return [];
    return {
      prop: `${prop}.volume`,
      wanted: `must have a name that no other volume has; ${OWN_VOLUMES.join(', ')} are Capstan's`,
      got: name,
      fix: 'Give it another name where it is made, such as Volume.fromEmptyDir(this, id, NAME).',
    };
  });
}

/** Whether a volume may be mounted at a path: Kubernetes refuses others. */
export function isMountable(path: string): boolean {
  return posix.isAbsolute(path) && normalised(path) !== '' && !path.includes(':');
}

/** A path without `.`, `..` and slashes too many; `/` is ''. */
export function normalised(path: string): string {
  return posix.normalize(path).replace(/\/$/, '');
}
