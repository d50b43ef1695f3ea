import type { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';

/** What everything in a namespace may take together. What is left out is not bounded. */
export interface QuotaSpec {
  /**
   * What pods and claims may ask for. Every container then has to say what it asks for.
   * @default not bounded
   */
  readonly requests?: ResourceAmounts & {
    /**
     * Sizes of all claims.
     * @default not bounded
     */
    readonly storage?: Size;
  };
  /**
   * What pods may be held to. Every container then needs a limit: also of CPU, when that is bounded.
   * @default not bounded
   */
  readonly limits?: ResourceAmounts;
  /**
   * Pods that exist at the same time.
   * @default not bounded
   */
  readonly pods?: number;
  /**
   * PersistentVolumeClaims.
   * @default not bounded
   */
  readonly claims?: number;
  /**
   * Services of type LoadBalancer.
   * @default not bounded
   */
  readonly loadBalancers?: number;
}

/** Amounts of what a container takes. */
export interface ResourceAmounts {
  /**
   * CPU.
   * @default nothing is said
   */
  readonly cpu?: Cpu;
  /**
   * Memory.
   * @default nothing is said
   */
  readonly memory?: Size;
  /**
   * Disk of the node: logs, emptyDir volumes and what containers write.
   * @default nothing is said
   */
  readonly ephemeralStorage?: Size;
}

/** What each container and claim of a namespace may take, and gets when it says nothing. */
export interface LimitRangeSpec {
  /**
   * Limits of containers that have none.
   * @default none are added
   */
  readonly default?: ResourceAmounts;
  /**
   * Requests of containers that have neither requests nor limits.
   * @default the default limits
   */
  readonly defaultRequest?: ResourceAmounts;
  /**
   * The least that a container may ask for.
   * @default anything
   */
  readonly min?: ResourceAmounts;
  /**
   * The most that a container may be held to. Containers without a limit are then refused, or get {@link default}.
   * @default anything
   */
  readonly max?: ResourceAmounts;
  /**
   * Sizes of one claim.
   * @default any
   */
  readonly claim?: {
    /**
     * Smallest size.
     * @default any
     */
    readonly min?: Size;
    /**
     * Largest size.
     * @default any
     */
    readonly max?: Size;
  };
}

/** Properties of {@link Quota}. */
export interface QuotaProps extends QuotaSpec {
  /**
   * Bounds of each container and claim, as a LimitRange.
   * @default none
   */
  readonly limitRange?: LimitRangeSpec;
  /**
   * Name of the ResourceQuota and of the LimitRange.
   * @default the id of the construct
   */
  readonly name?: string;
  /**
   * Namespace that it is about.
   * @default that of the chart
   */
  readonly namespace?: string;
}
