/** What pods may call: TCP ports of addresses, or of pods. */
export type Egress = {
  /** TCP ports. */
  readonly ports: readonly number[];
} & (EgressToAddresses | EgressToPods);

/** Addresses that pods may call. */
export interface EgressToAddresses {
  /** A range such as `0.0.0.0/0`. */
  readonly cidr: string;
  /**
   * Ranges within it that stay closed, such as the metadata service of a cloud.
   * @default none
   */
  readonly except?: readonly string[];
}

/** Pods that pods may call. */
export interface EgressToPods {
  /** Labels of the pods. */
  readonly pods: Readonly<Record<string, string>>;
  /**
   * Labels of their namespace.
   * @default the caller's own namespace
   */
  readonly namespace?: Readonly<Record<string, string>>;
}

/** Who may call pods on TCP ports: addresses, pods with labels, or every pod of the namespace or of the cluster. */
export type Ingress = {
  /** TCP ports. */
  readonly ports: readonly number[];
} & (IngressFromAddresses | IngressFromPods | IngressFromAll);

/** Addresses that may call. */
export interface IngressFromAddresses {
  /** A range such as `10.0.0.0/8`. */
  readonly cidr: string;
  /**
   * Ranges within it that stay closed.
   * @default none
   */
  readonly except?: readonly string[];
}

/** Pods that may call. */
export interface IngressFromPods {
  /** Labels of the pods. */
  readonly pods: Readonly<Record<string, string>>;
  /**
   * Labels of their namespace.
   * @default the called pods' own namespace
   */
  readonly namespace?: Readonly<Record<string, string>>;
}

/** Every pod that may call. */
export interface IngressFromAll {
  /** `namespace`: every pod of the called pods' namespace; `cluster`: of every namespace. */
  readonly all: 'namespace' | 'cluster';
}
