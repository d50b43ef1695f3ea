import { fieldsOf, objectsOf, within } from '../../lib/plan/fields';
import type { Document } from '../live/normalise';

/** The storage classes and volumes that the claims of documents ask for: nothing provides them on simulated nodes. */
export function storageFor(documents: readonly Document[]): object[] {
  const claims = documents.flatMap(claimsOf);
  const classes = new Set(claims.map((claim) => String(claim.storageClassName)));
  return [...[...classes].map(storageClass), ...claims.map(volume)];
}

type Fields = Readonly<Record<string, unknown>>;

/** What each claim of an object asks for. */
function claimsOf(document: Document): Fields[] {
  const spec = fieldsOf(document.spec) ?? {};
  if (document.kind === 'PersistentVolumeClaim') return [spec];
  if (document.kind !== 'StatefulSet') return [];
  const templates = objectsOf(spec.volumeClaimTemplates).map((it) => fieldsOf(it.spec) ?? {});
  return templates.flatMap((template) => Array<Fields>(Number(spec.replicas ?? 1)).fill(template));
}

function storageClass(name: string): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
}

function volume(claim: Fields, at: number): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${at}` },
    spec: {
      capacity: within(claim, 'resources', 'requests'),
      accessModes: claim.accessModes,
      storageClassName: claim.storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/nowhere/${at}` },
    },
  };
}
