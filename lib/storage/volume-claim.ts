import {
  type IPersistentVolume,
  type IPersistentVolumeClaim,
  type IStorage,
  PersistentVolumeAccessMode,
  PersistentVolumeClaim,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Environment } from '../environment/environment';
import { formatProblem } from '../plan/problem';
import { refine, set } from '../refine';
import { requireOptions, requireProps } from '../shape/require-shape';
import { byteQuantity, bytes } from '../workload/quantity';
import { checkVolumeClaim } from './check-volume-claim';
import type { ClaimMountOptions, VolumeClaimProps } from './props';

/** Longest name of a volume in a pod. */
const VOLUME_NAME_MAX = 63;

/**
 * A place for files that outlives pods. The id is the name of the claim.
 *
 * ```ts
 * const photos = new VolumeClaim(this, 'photos', {
 *   size: Size.gibibytes(20),
 *   access: PersistentVolumeAccessMode.READ_WRITE_MANY,
 * });
 * new Worker(this, 'develop', { ...workerProps, volumes: [photos.mount('/photos')] });
 * web.containers[0]?.mount('/photos', photos, { readOnly: true });
 * ```
 *
 * Only with ReadWriteMany several pods may use it: a workload with more pods, an autoscaler that makes more, or a
 * rolling update that starts the new pod before the old one has ended is refused, with the way out.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class VolumeClaim extends Construct implements IStorage {
  /** The PersistentVolumeClaim. */
  readonly claim: PersistentVolumeClaim;
  /** Its name. */
  readonly name: string;
  /** How many use the volume at the same time. */
  readonly access: PersistentVolumeAccessMode;
  /** Name of the StorageClass; `undefined`: the cluster's default. */
  readonly storageClass: string | undefined;
  private madeVolume: Volume | undefined;

  constructor(scope: Construct, id: string, props: VolumeClaimProps) {
    requireProps('VolumeClaim', { scope, id, isSubclass: new.target !== VolumeClaim }, props);
    super(scope, id);
    const { size, volume } = props;
    this.name = props.name ?? id;
    this.access = props.access ?? volume?.access[0] ?? PersistentVolumeAccessMode.READ_WRITE_ONCE;
    this.storageClass = this.chooseClass(props);
    this.claim = new PersistentVolumeClaim(this, 'Claim', {
      metadata: { name: this.name },
      accessModes: [this.access],
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      ...(volume !== undefined && { volume: volume.volume as IPersistentVolume }),
    });
    const least = size === undefined ? (volume?.bytes ?? 0) : bytes(size);
    refine(
      this.claim,
      // cdk8s-plus writes whole GiB only.
      set('/spec/resources/requests/storage', byteQuantity(least)),
      ...(this.storageClass === undefined ? [] : [set('/spec/storageClassName', this.storageClass)]),
    );
    volume?.bind(this.claim);
    this.node.addValidation({ validate: () => checkVolumeClaim(this, props, least).map(formatProblem) });
  }

  /** The claim as a volume of pods, for cdk8s-plus' `container.mount`. */
  asVolume(): Volume {
    this.madeVolume ??= Volume.fromPersistentVolumeClaim(
      this,
      'Volume',
      this.claim as IPersistentVolumeClaim,
      { name: `claim-${this.name.replaceAll('.', '-')}`.slice(0, VOLUME_NAME_MAX) },
    );
    return this.madeVolume;
  }

  /**
   * The claim mounted at a folder, for properties such as `volumes` of a Worker.
   *
   * @param path folder in the container, such as `/photos`
   */
  mount(path: string, options: ClaimMountOptions = {}): VolumeMount {
    requireOptions('VolumeClaim.mount', options, this);
    return { path, volume: this.asVolume(), ...options };
  }

  private chooseClass({ storageClass, volume }: VolumeClaimProps): string | undefined {
    if (volume !== undefined) return volume.storageClass;
    const environment = Environment.find(this);
    return (
      storageClass ?? (isShared(this.access) ? environment?.sharedStorageClass : environment?.storageClass)
    );
  }
}

/** Whether several nodes use a volume at the same time. */
function isShared(access: PersistentVolumeAccessMode): boolean {
  return (
    access === PersistentVolumeAccessMode.READ_WRITE_MANY ||
    access === PersistentVolumeAccessMode.READ_ONLY_MANY
  );
}
