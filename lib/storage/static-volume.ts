import { Chart } from 'cdk8s';
import {
  type IPersistentVolumeClaim,
  PersistentVolume,
  PersistentVolumeAccessMode,
  type PersistentVolumeClaim,
  type PersistentVolumeProps,
  PersistentVolumeReclaimPolicy,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { JsonObject } from '../json-value';
import { formatProblem } from '../plan/problem';
import { type Refinement, refine, remove, set } from '../refine';
import { requireProps } from '../shape/require-shape';
import { byteQuantity, bytes } from '../workload/quantity';
import { type ClaimPlace, checkStaticVolume } from './check-static-volume';
import type { StaticVolumeProps, StaticVolumeSource } from './props';

/**
 * A volume that exists: of a CSI driver, an NFS server or a node. One claim gets it, which is bound to it from both
 * sides, so that no other claim is faster.
 *
 * ```ts
 * const photos = new StaticVolume(this, 'photos', {
 *   source: { kind: 'nfs', server: 'nfs.example.com', path: '/photos' },
 *   size: Size.gibibytes(200),
 * });
 * const claim = new VolumeClaim(this, 'photos-claim', { volume: photos });
 * web.containers[0]?.mount('/photos', claim);
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class StaticVolume extends Construct {
  /** The PersistentVolume. */
  readonly volume: PersistentVolume;
  /** Its name. */
  readonly name: string;
  /** How many may use the volume at the same time. */
  readonly access: readonly PersistentVolumeAccessMode[];
  /** Name of its StorageClass. */
  readonly storageClass: string;
  /** Its size in bytes. */
  readonly bytes: number;
  private readonly claims: ClaimPlace[] = [];

  constructor(scope: Construct, id: string, props: StaticVolumeProps) {
    requireProps('StaticVolume', { scope, id, isSubclass: new.target !== StaticVolume }, props);
    super(scope, id);
    const { source, size, storageClass = '', mountOptions, reclaimPolicy } = props;
    const { namespace } = Chart.of(this);
    this.name = props.name ?? (namespace === undefined ? id : `${namespace}-${id}`);
    this.access = props.access ?? [usualAccess(source)];
    this.storageClass = storageClass;
    this.bytes = bytes(size);
    this.volume = new AnyVolume(this, 'Volume', {
      metadata: { name: this.name },
      accessModes: [...this.access],
      reclaimPolicy: reclaimPolicy ?? PersistentVolumeReclaimPolicy.RETAIN,
      ...(mountOptions !== undefined && { mountOptions: [...mountOptions] }),
    });
    refine(
      this.volume,
      // The chart gives every object its namespace, but a PersistentVolume lies in none.
      remove('/metadata/namespace'),
      set('/spec/capacity/storage', byteQuantity(this.bytes)),
      set('/spec/storageClassName', storageClass),
      set(`/spec/${source.kind}`, sourceDocument(source)),
      ...nodeAffinity(source),
    );
    const validate = () => checkStaticVolume(this, props, this.claims).map(formatProblem);
    this.node.addValidation({ validate });
  }

  /** Gives the volume to a claim; the claim has to ask for it by name as well, as a {@link VolumeClaim} does. */
  bind(claim: PersistentVolumeClaim): void {
    const { namespace } = claim.metadata;
    this.claims.push({ name: claim.name, namespace });
    if (this.claims.length > 1) return;
    this.volume.bind(claim as IPersistentVolumeClaim);
    refine(
      this.volume,
      set('/spec/claimRef', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: claim.name,
        ...(namespace !== undefined && { namespace }),
      }),
    );
  }
}

/** cdk8s-plus has classes for the disks of three clouds only; the constructor of others is protected. */
class AnyVolume extends PersistentVolume {
  constructor(scope: Construct, id: string, props: PersistentVolumeProps) {
    super(scope, id, props);
  }
}

function usualAccess({ kind }: StaticVolumeSource): PersistentVolumeAccessMode {
  return kind === 'nfs'
    ? PersistentVolumeAccessMode.READ_WRITE_MANY
    : PersistentVolumeAccessMode.READ_WRITE_ONCE;
}

/** Where the volume is, as Kubernetes writes it. */
function sourceDocument(source: StaticVolumeSource): JsonObject {
  switch (source.kind) {
    case 'csi': {
      const { driver, handle, fsType, attributes } = source;
      return {
        driver,
        volumeHandle: handle,
        ...(fsType !== undefined && { fsType }),
        ...(attributes !== undefined && { volumeAttributes: { ...attributes } }),
      };
    }
    case 'nfs':
      return { server: source.server, path: source.path };
    case 'local':
      return { path: source.path };
    case 'hostPath':
      return { path: source.path, type: 'DirectoryOrCreate' };
    default:
      return source satisfies never;
  }
}

/** Pods go where the volume is: to its node, or to its zone. */
function nodeAffinity(source: StaticVolumeSource): Refinement[] {
  const label = labelOf(source);
  if (label === undefined) return [];
  const matchExpressions = [{ key: label.key, operator: 'In', values: [label.value] }];
  return [set('/spec/nodeAffinity/required/nodeSelectorTerms', [{ matchExpressions }])];
}

function labelOf(source: StaticVolumeSource): { key: string; value: string } | undefined {
  switch (source.kind) {
    case 'local':
    case 'hostPath':
      return { key: 'kubernetes.io/hostname', value: source.node };
    case 'csi':
      return source.zone === undefined
        ? undefined
        : { key: 'topology.kubernetes.io/zone', value: source.zone };
    case 'nfs':
      return undefined;
    default:
      return source satisfies never;
  }
}
