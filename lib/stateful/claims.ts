import { PersistentVolumeClaim, Volume, type VolumeMount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Environment } from '../environment/environment';
import type { JsonObject } from '../json-value';
import { type Refinement, remove, set } from '../refine';
import { byteQuantity, bytes } from '../workload/quantity';
import type { ClaimRetention, StatefulClaim } from './props';

/** Claims by name. */
export type Claims = Readonly<Record<string, StatefulClaim>>;

/**
 * What containers mount claims by. The pods have no such volumes of their own: {@link claimRefinements} takes them
 * out, since the controller puts each member's own volume there.
 */
export function claimVolumes(scope: Construct, claims: Claims): ReadonlyMap<string, Volume> {
  const standIn = (name: string) => {
    const claim = PersistentVolumeClaim.fromClaimName(scope, `Claim-${name}`, name);
    return Volume.fromPersistentVolumeClaim(scope, `ClaimVolume-${name}`, claim, { name });
  };
  return new Map(Object.keys(claims).map((name) => [name, standIn(name)]));
}

/** Mounts claims at paths, by their names. */
export function mountClaims(
  volumes: ReadonlyMap<string, Volume>,
  paths: Readonly<Record<string, string>>,
): VolumeMount[] {
  return Object.entries(paths).flatMap(([name, path]) => {
    const volume = volumes.get(name);
    return volume === undefined ? [] : [{ path, volume }];
  });
}

/** The claim templates of a StatefulSet, for which cdk8s-plus-27 has no words, and what becomes of the volumes. */
export function claimRefinements(
  scope: Construct,
  claims: Claims,
  { whenDeleted = 'retain', whenScaled = 'retain' }: ClaimRetention = {},
): Refinement[] {
  const entries = Object.entries(claims);
  if (entries.length === 0) return [];
  return [
    set(
      '/spec/volumeClaimTemplates',
      entries.map(([name, claim]) => template(scope, name, claim)),
    ),
    set('/spec/persistentVolumeClaimRetentionPolicy', {
      whenDeleted: POLICIES[whenDeleted],
      whenScaled: POLICIES[whenScaled],
    }),
    ...entries.map(([name]) => remove(`/spec/template/spec/volumes/name=${name}`)),
  ];
}

const POLICIES = { retain: 'Retain', delete: 'Delete' } as const;

/**
 * As the API server stores it. GitOps compares templates as a whole, so one without kind and mode would differ for
 * ever. They carry no labels of ours: a template can never be changed, and labels of a chart can.
 */
function template(scope: Construct, name: string, { size, storageClass }: StatefulClaim): JsonObject {
  const storageClassName = storageClass ?? Environment.find(scope)?.storageClass;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: byteQuantity(bytes(size)) } },
      ...(storageClassName !== undefined && { storageClassName }),
      volumeMode: 'Filesystem',
    },
  };
}
