import type { AcknowledgedRule } from '../acknowledge';
import type { Fields } from '../plan/fields';
import type { Problem } from '../plan/problem';

/** A final document and the construct that it comes from. */
export interface CheckedDocument {
  /** Path of the construct, for messages. */
  readonly path: string;
  readonly document: Fields;
}

/** Everything that one cluster is given. Rules see only this: no constructs, so that every document is held to them. */
export interface CheckedCluster {
  readonly documents: readonly CheckedDocument[];
  /** Nodes by shape, as far as they are known; `undefined`: not at all. */
  readonly nodePools: readonly NodeShape[] | undefined;
  /** Pod Security levels of namespaces that no document makes, as far as they are known. */
  readonly podSecurity: Readonly<Record<string, string>>;
}

/** Nodes of one shape. */
export interface NodeShape {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeShapeTaint[];
  /** Most nodes. */
  readonly most: number;
}

/** A taint of {@link NodeShape}s. */
export interface NodeShapeTaint {
  readonly key: string;
  /** @default none */
  readonly value?: string;
  readonly effect: string;
}

/** What a rule finds. */
export interface Finding {
  /** Where the problem is listed. */
  readonly at: CheckedDocument;
  /** Documents that it is about besides; who acknowledges one of them acknowledges the problem. */
  readonly with?: readonly CheckedDocument[];
  readonly problem: Problem;
}

/** A rule over the final documents of one cluster. */
export interface Rule {
  readonly id: AcknowledgedRule;
  find(cluster: CheckedCluster): Finding[];
}
