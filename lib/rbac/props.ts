import type { IServiceAccount } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';

/** Properties of {@link Rbac}. */
export interface RbacProps {
  /** What is allowed: everything that no rule names stays forbidden. */
  readonly allow: readonly RbacRule[];
  /**
   * Who may do it: a workload, of Capstan or of cdk8s-plus, or a ServiceAccount. Pods of a workload get a token; who
   * runs pods as a ServiceAccount says by itself whether they do.
   * @default a ServiceAccount of its own, see {@link Rbac.serviceAccount}
   */
  readonly subject?: IConstruct | IServiceAccount;
  /**
   * Where: in the namespace of the chart, in the namespaces of these names, or in the whole cluster. Objects that lie
   * in no namespace, such as Nodes, need the whole cluster.
   * @default 'namespace'
   */
  readonly within?: 'namespace' | 'cluster' | readonly string[];
  /**
   * Name of the role and of its bindings.
   * @default the id of the construct; for roles that lie in no namespace, that of the chart before it: `studio-creator`
   */
  readonly name?: string;
}

/** Something that is allowed: each of the verbs on each of the resources. */
export interface RbacRule {
  /** API groups, such as `apps`; `''` is the core group, with pods, services, configmaps. */
  readonly apiGroups: readonly string[];
  /** Resources in the plural, such as `deployments`, and parts of them, such as `deployments/scale`. */
  readonly resources: readonly string[];
  /** What may be done with them. */
  readonly verbs: readonly RbacVerb[];
  /**
   * Names of the only objects that it is about. What has no name yet cannot be named: `create` and `deletecollection`
   * need a rule without.
   * @default all objects
   */
  readonly names?: readonly string[];
}

/** What may be done with objects. */
export type RbacVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  | 'approve'
  | 'bind'
  | 'escalate'
  | 'impersonate'
  | 'sign'
  | 'use'
  | '*';
