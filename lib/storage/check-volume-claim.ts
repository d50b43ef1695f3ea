import { Environment } from '../environment/environment';
import { formatQuantity } from '../plan/format';
import type { Problem } from '../plan/problem';
import { checkObjectName } from '../workload/check-object-name';
import { checkSize } from './check-size';
import type { VolumeClaimProps } from './props';
import type { StaticVolume } from './static-volume';
import type { VolumeClaim } from './volume-claim';

/**
 * What is wrong with a claim.
 *
 * @param least bytes that it asks for
 */
export function checkVolumeClaim(claim: VolumeClaim, props: VolumeClaimProps, least: number): Problem[] {
  return [
    ...checkObjectName(claim.name),
    ...checkSize('size', least),
    ...(props.volume === undefined ? checkClass(claim) : checkVolume(claim, props.volume, least)),
  ];
}

/** A claim of the cluster's default class for many nodes would wait for ever where that class makes disks of one node. */
function checkClass(claim: VolumeClaim): Problem[] {
  const environment = Environment.find(claim);
  if (claim.storageClass !== undefined || environment === undefined || environment.cloud === 'bare')
    return [];
  return [
    {
      prop: 'storageClass',
      wanted: `must be given for ${claim.access} in an environment of ${environment.cloud}, which comes with no class for volumes that nodes share`,
      got: 'none',
      fix: "Name one, such as that of the EFS CSI driver, here or as the environment's sharedStorageClass.",
    },
  ];
}

function checkVolume(claim: VolumeClaim, volume: StaticVolume, least: number): Problem[] {
  const problems: Problem[] = [];
  if (!volume.access.includes(claim.access)) {
    problems.push({
      prop: 'access',
      wanted: `must be what the volume can do (${volume.access.join(', ')})`,
      got: claim.access,
      fix: 'Leave it out, or give the volume that access.',
    });
  }
  if (least > volume.bytes) {
    problems.push({
      prop: 'size',
      wanted: `must be ${formatQuantity(volume.bytes, 'bytes')} (size of the volume) or less`,
      got: formatQuantity(least, 'bytes'),
      fix: 'Leave it out.',
    });
  }
  return problems;
}
