import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Quota } from '../quota/quota';
import { podSecurityLabels } from './pod-security';
import type { EnvironmentNamespace, EnvironmentProps, NamespaceProps } from './props';

/**
 * The namespaces of an environment: its own one first.
 *
 * @param name that of its own namespace
 */
export function namespacesOf(name: string, props: EnvironmentProps): EnvironmentNamespace[] {
  const { podSecurity, quota, limitRange, namespaces = [] } = props;
  const own: NamespaceProps = {
    name,
    ...(podSecurity !== undefined && { podSecurity }),
    ...(quota !== undefined && { quota }),
    ...(limitRange !== undefined && { limitRange }),
  };
  return [own, ...namespaces].map((it) => ({
    ...it,
    podSecurity: it.podSecurity ?? 'restricted',
    existing: it.existing ?? false,
  }));
}

/** A namespace of an environment, closed by a policy that denies what no other policy allows. */
export function addNamespace(scope: Construct, namespace: EnvironmentNamespace): void {
  const { name, podSecurity, quota, limitRange } = namespace;
  const parent = new Construct(scope, name);
  new ApiObject(parent, 'Namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: podSecurityLabels(podSecurity) },
  });
  new ApiObject(parent, 'DefaultDeny', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: name },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  if (quota === undefined && limitRange === undefined) return;
  const bounds = { ...quota, ...(limitRange !== undefined && { limitRange }) };
  new Quota(parent, 'Quota', { ...bounds, name, namespace: name });
}
