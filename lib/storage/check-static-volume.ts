import { posix } from 'node:path';
import { PersistentVolumeAccessMode, PersistentVolumeReclaimPolicy } from 'cdk8s-plus-27';
import type { Problem } from '../plan/problem';
import { checkObjectName } from '../workload/check-object-name';
import { valueText } from '../workload/value-text';
import { checkSize } from './check-size';
import type { StaticVolumeProps, StaticVolumeSource } from './props';
import type { StaticVolume } from './static-volume';

/** A claim, by where it lies. */
export interface ClaimPlace {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What is wrong with a volume that exists, and with the claims that want it. */
export function checkStaticVolume(
  volume: StaticVolume,
  props: StaticVolumeProps,
  claims: readonly ClaimPlace[],
): Problem[] {
  return [
    ...checkObjectName(volume.name),
    ...checkSize('size', volume.bytes),
    ...checkSource(props.source),
    ...checkAccess(volume, props),
    ...checkReclaim(props),
    ...checkMountOptions(props),
    ...checkClaims(claims),
  ];
}

function checkSource(source: StaticVolumeSource): Problem[] {
  return Object.entries(source).flatMap(([field, value]: [string, unknown]) => {
    const prop = `source.${field}`;
    if (field === 'path') return isPath(value) ? [] : noPath(prop, value);
    if (typeof value !== 'string' || value !== '') return [];
    return { prop, wanted: 'must not be empty', got: '""', fix: 'Give it, or leave it out.' };
  });
}

/** The API server refuses a path that goes up. */
function isPath(value: unknown): boolean {
  return typeof value === 'string' && posix.isAbsolute(value) && !value.split('/').includes('..');
}

function noPath(prop: string, value: unknown): Problem {
  const fix = 'Name the folder from / on.';
  return { prop, wanted: 'must be an absolute path without ..', got: valueText(value), fix };
}

function checkAccess({ access }: StaticVolume, { source }: StaticVolumeProps): Problem[] {
  if (access.length === 0) {
    const fix = 'Name one, or leave access out.';
    return [{ prop: 'access', wanted: 'must be one mode or more', got: 'none', fix }];
  }
  const onePod = PersistentVolumeAccessMode.READ_WRITE_ONCE_POD;
  const isOneNode = source.kind === 'local' || source.kind === 'hostPath';
  return access.flatMap((mode) => {
    if (mode === onePod && source.kind !== 'csi') {
      const fix = 'Take ReadWriteOnce: only CSI drivers can hold a volume to one pod.';
      return { prop: 'access', wanted: `must not be ${mode} for ${source.kind}`, got: mode, fix };
    }
    if (isOneNode && mode !== PersistentVolumeAccessMode.READ_WRITE_ONCE) {
      const fix = 'Take ReadWriteOnce: no other node can reach it.';
      return { prop: 'access', wanted: `must be ReadWriteOnce for ${source.kind}`, got: mode, fix };
    }
    return [];
  });
}

/** Who deletes a claim of such a volume would get a volume in phase Failed. */
function checkReclaim({ source, reclaimPolicy }: StaticVolumeProps): Problem[] {
  if (source.kind === 'csi' || reclaimPolicy !== PersistentVolumeReclaimPolicy.DELETE) return [];
  return [
    {
      prop: 'reclaimPolicy',
      wanted: `must be Retain for ${source.kind}, since only CSI drivers delete volumes`,
      got: reclaimPolicy,
      fix: 'Leave it out.',
    },
  ];
}

function checkMountOptions({ source, mountOptions = [] }: StaticVolumeProps): Problem[] {
  if (mountOptions.length === 0 || source.kind === 'csi' || source.kind === 'nfs') return [];
  return [
    {
      prop: 'mountOptions',
      wanted: `must be left out for ${source.kind}, where the node refuses to mount with options`,
      got: mountOptions.join(', '),
      fix: 'Mount it so on the node itself.',
    },
  ];
}

function checkClaims([first, ...others]: readonly ClaimPlace[]): Problem[] {
  if (first === undefined) return [];
  const problems: Problem[] = others.map((other) => ({
    prop: 'claim',
    wanted: `must be one: ${first.name} has the volume already`,
    got: other.name,
    fix: 'Let the workloads share that claim, or describe a second volume.',
  }));
  if (first.namespace !== undefined) return problems;
  return [
    {
      prop: 'claim',
      wanted: 'must lie in a namespace that its chart names, since the volume refers to it by that',
      got: `${first.name} in none`,
      fix: 'Give its chart a namespace: new Chart(app, id, { namespace }).',
    },
    ...problems,
  ];
}
