import type { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';
import type { ServerResources } from '../lib';

/** How large the platform is at a place, and what it is made of there. */
export interface Site {
  /** Where photos lie. */
  readonly photos: PhotosSite;
  /** The broker; `undefined`: each pod has its own queue, and pods share only what is pushed to them. */
  readonly broker: BrokerSite | undefined;
  /** The database of what is in the photos; `undefined`: there is none. */
  readonly catalog: CatalogSite | undefined;
  /** The cache; `undefined`: there is none. */
  readonly cache: CacheSite | undefined;
  /** Pods that take photos in; `undefined`: photos are put into the folder by whoever takes them. */
  readonly upload: UploadSite | undefined;
  /** Pods that make thumbnails. */
  readonly develop: ScaleSite & {
    /** Photos that a pod works on at the same time. */
    readonly concurrency: number;
    /**
     * What is kept free for a pod. Less than it uses lets pods share a small node's cores, and take longer.
     * @default what its photos use
     */
    readonly cpuRequest?: Cpu;
  };
  /** Pods that look for broken links. */
  readonly crawl: ScaleSite & {
    /** Pages that a pod fetches at the same time. */
    readonly concurrency: number;
  };
}

/** Pods that take photos in. */
export interface UploadSite extends ScaleSite {
  /** Name that they are called by from outside. */
  readonly host: string;
  /** Photos that a pod takes at the same time. */
  readonly concurrency: number;
}

/** Fewest and most pods. */
export interface ScaleSite {
  readonly min: number;
  readonly max: number;
}

/** The volume that all pods share. */
export interface PhotosSite {
  readonly size: Size;
  /** Whether pods of several nodes use it; a volume of one node will do where there is but one. */
  readonly isShared: boolean;
}

/** A cluster of NATS servers. */
export interface BrokerSite {
  readonly replicas: number;
  readonly storage: Size;
  readonly resources: ServerResources;
}

/** PostgreSQL on one node, or CockroachDB on several. */
export interface CatalogSite {
  readonly kind: 'postgres' | 'cockroach';
  readonly storage: Size;
  readonly resources: ServerResources;
}

/** Redis: alone as a cache, or with copies. */
export interface CacheSite {
  readonly replicas: number;
  readonly resources: ServerResources;
  /**
   * Size of each member's volume, which copies need.
   * @default nothing is written
   */
  readonly storage?: Size;
}
