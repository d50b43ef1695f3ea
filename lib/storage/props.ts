import type { Size } from 'cdk8s';
import type { PersistentVolumeAccessMode, PersistentVolumeReclaimPolicy } from 'cdk8s-plus-27';
import type { StaticVolume } from './static-volume';

/** Properties of {@link VolumeClaim}: of a volume that a storage class makes, or of one that exists. */
export type VolumeClaimProps = VolumeClaimOptions & (NewVolume | ExistingVolume);

/** Properties of every {@link VolumeClaim}. */
export interface VolumeClaimOptions {
  /**
   * How many use the volume at the same time: one node, one pod, or many nodes.
   * @default ReadWriteOnce; of a {@link StaticVolume} the first that it can do
   */
  readonly access?: PersistentVolumeAccessMode;
  /**
   * Name of the claim.
   * @default the id of the construct
   */
  readonly name?: string;
}

/** A volume that a storage class makes. */
export interface NewVolume {
  /** Least size of the volume. It can grow later where the storage class allows it, and never shrinks. */
  readonly size: Size;
  /**
   * Name of the StorageClass.
   * @default the environment's `storageClass`, or `sharedStorageClass` for volumes that many nodes use; without an
   * environment the cluster's default
   */
  readonly storageClass?: string;
  /**
   * Has to be left out.
   * @default none: the storage class makes one
   */
  readonly volume?: undefined;
}

/** A volume that exists, which the claim gets and no other. */
export interface ExistingVolume {
  /** The volume. */
  readonly volume: StaticVolume;
  /**
   * Least size of the volume.
   * @default all of it
   */
  readonly size?: Size;
  /**
   * Has to be left out.
   * @default the class of the volume
   */
  readonly storageClass?: undefined;
}

/** How a {@link VolumeClaim} is mounted. */
export interface ClaimMountOptions {
  /**
   * Whether the container may only read.
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * Folder of the volume that is mounted, relative to its root.
   * @default all of it
   */
  readonly subPath?: string;
}

/** Properties of {@link StaticVolume}. */
export interface StaticVolumeProps {
  /** Where the volume is. */
  readonly source: StaticVolumeSource;
  /** Size of the volume. */
  readonly size: Size;
  /**
   * How many may use the volume at the same time.
   * @default ReadWriteMany for NFS, otherwise ReadWriteOnce
   */
  readonly access?: readonly PersistentVolumeAccessMode[];
  /**
   * What happens to the volume when its claim is deleted. Nobody but a CSI driver can delete one.
   * @default Retain: the data stays, and somebody has to free the volume
   */
  readonly reclaimPolicy?: PersistentVolumeReclaimPolicy;
  /**
   * Name of the StorageClass; it need not exist.
   * @default '': claims that ask for a class never get the volume
   */
  readonly storageClass?: string;
  /**
   * Options of the mount, such as `nfsvers=4.1`.
   * @default those of the kind of volume
   */
  readonly mountOptions?: readonly string[];
  /**
   * Name of the volume; it lies in no namespace.
   * @default the namespace of the chart and the id of the construct: `studio-photos`
   */
  readonly name?: string;
}

/** Where a {@link StaticVolume} is. */
export type StaticVolumeSource = CsiSource | NfsSource | LocalSource | HostPathSource;

/** A volume of a CSI driver. */
export interface CsiSource {
  readonly kind: 'csi';
  /** Name of the driver, such as `ebs.csi.aws.com`. */
  readonly driver: string;
  /** What the driver calls the volume, such as `vol-0a1b2c3d`. */
  readonly handle: string;
  /**
   * File system.
   * @default the driver's own
   */
  readonly fsType?: string;
  /**
   * What the driver wants to know besides.
   * @default nothing
   */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Zone of the volume (topology.kubernetes.io/zone): pods go there.
   * @default pods may go anywhere
   */
  readonly zone?: string;
}

/** A folder of an NFS server. */
export interface NfsSource {
  readonly kind: 'nfs';
  /** Name or address of the server. */
  readonly server: string;
  /** Folder that the server exports, from / on. */
  readonly path: string;
}

/** A disk or folder of one node. Pods go to that node. */
export interface LocalSource {
  readonly kind: 'local';
  /** Mount point or folder on the node, from / on. It has to exist. */
  readonly path: string;
  /** Name of the node (kubernetes.io/hostname). */
  readonly node: string;
}

/** A folder of one node that is made when it is missing: for development. Pods go to that node. */
export interface HostPathSource {
  readonly kind: 'hostPath';
  /** Folder on the node, from / on. */
  readonly path: string;
  /** Name of the node (kubernetes.io/hostname). */
  readonly node: string;
}
