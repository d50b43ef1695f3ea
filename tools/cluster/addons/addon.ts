import type { Cluster } from '../state';

/** What can be brought to a cluster beside Kubernetes itself. */
export interface Addon {
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** Add-ons that have to be there first. @default none */
  readonly needs?: readonly string[];
  /** Whether it needs a node that runs pods. @default false */
  readonly needsRealNode?: boolean;
  /** Debian's package of each program that it needs. @default none */
  readonly programs?: Readonly<Record<string, string>>;
  /** Brings what it needs, which may take minutes the first time. Nothing of the cluster is there yet. */
  prepare(): Promise<unknown>;
  /** Starts it, and waits until it works. */
  start(cluster: Cluster): Promise<void>;
}
