import { Chart } from 'cdk8s';
import {
  ClusterRole,
  ClusterRoleBinding,
  type IClusterRole,
  type IRole,
  type IServiceAccount,
  type ISubject,
  Role,
  RoleBinding,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { refine, remove } from '../refine';
import { requireProps } from '../shape/require-shape';
import { workloadLabels } from '../workload/labels';
import { checkRbac } from './check';
import type { RbacProps, RbacRule } from './props';
import { findSubject, giveToken } from './subject';

/**
 * What pods may do at the Kubernetes API, and nothing else: a role, its binding, and a token for the pods.
 *
 * ```ts
 * new Rbac(this, 'creator', {
 *   subject: web,
 *   allow: [
 *     { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
 *     { apiGroups: [''], resources: ['configmaps'], names: ['limits'], verbs: ['get'] },
 *   ],
 * });
 * ```
 *
 * Only pods of a workload that is the subject of an Rbac get a token, which the kubelet renews every hour; pods that
 * Capstan closes off may then call the API server (see `apiServer` of an Environment). Rules by which a pod could get
 * at more than they say are refused, unless the program acknowledges them with a reason: wildcards (`rbac-wildcard`),
 * reading all Secrets (`rbac-secrets`), and ways to other rights (`rbac-escalation`).
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class Rbac extends Construct {
  /** The role. `allow` of it adds rules, which are not checked. */
  readonly role: Role | ClusterRole;
  /** One for each namespace, or one for the cluster. */
  readonly bindings: readonly (RoleBinding | ClusterRoleBinding)[];
  /** Who may do it. */
  readonly serviceAccount: IServiceAccount | undefined;

  constructor(scope: Construct, id: string, props: RbacProps) {
    requireProps('Rbac', { scope, id, isSubclass: new.target !== Rbac }, props);
    super(scope, id);
    const { allow, within = 'namespace' } = props;
    const { namespace } = Chart.of(this);
    const isOwn = within === 'namespace';
    const name = props.name ?? (isOwn || namespace === undefined ? id : `${namespace}-${id}`);
    const labels = workloadLabels(this, id, id);
    const subject = findSubject(this, props.subject, { name: id, labels });
    this.serviceAccount = subject.account;
    this.role = isOwn
      ? new Role(this, 'Role', { metadata: { name, labels } })
      : new ClusterRole(this, 'Role', { metadata: { name, labels } });
    for (const rule of allow) addRule(this.role, rule);
    this.bindings = this.bind(name, labels, within);
    for (const object of [this.role, ...this.bindings]) {
      // The chart gives every object its namespace, but these lie in none.
      if (/^Cluster/.test(object.kind)) refine(object, remove('/metadata/namespace'));
    }
    if (subject.pods !== undefined && props.subject !== undefined) giveToken(subject.pods, props.subject);
    const validate = () => [...subject.problems, ...checkRbac(this, props)].map(formatProblem);
    this.node.addValidation({ validate });
  }

  private bind(
    name: string,
    labels: Record<string, string>,
    within: NonNullable<RbacProps['within']>,
  ): (RoleBinding | ClusterRoleBinding)[] {
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    const role = this.role as IRole & IClusterRole;
    const places = typeof within === 'string' ? [undefined] : within;
    const bindings = places.map((namespace) => {
      const metadata = { name, labels, ...(namespace !== undefined && { namespace }) };
      const id = `Binding${namespace === undefined ? '' : `-${namespace}`}`;
      return within === 'cluster'
        ? new ClusterRoleBinding(this, id, { metadata, role })
        : new RoleBinding(this, id, { metadata, role });
    });
    for (const binding of bindings) {
      if (this.serviceAccount !== undefined)
        binding.addSubjects(this.serviceAccount as ISubject & IServiceAccount);
    }
    return bindings;
  }
}

/** One rule for each group, as a reader of the role expects it. */
function addRule(role: Role | ClusterRole, { apiGroups, resources, verbs, names }: RbacRule): void {
  for (const apiGroup of apiGroups) {
    for (const resourceType of resources) {
      for (const resourceName of names ?? [undefined]) {
        const resource = { apiGroup, resourceType, ...(resourceName !== undefined && { resourceName }) };
        role.allow([...verbs], {
          ...resource,
          asApiResource: () => resource,
          asNonApiResource: () => undefined,
        });
      }
    }
  }
}
