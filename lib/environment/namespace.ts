import { ApiObject } from 'cdk8s';
import { Namespace } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { podSecurityLabels } from './pod-security';
import type { NamespaceProps } from './props';

/** A namespace of an environment, closed by a policy that denies what no other policy allows. */
export function addNamespace(scope: Construct, { name, podSecurity }: Required<NamespaceProps>): void {
  const parent = new Construct(scope, name);
  new Namespace(parent, 'Namespace', { metadata: { name, labels: podSecurityLabels(podSecurity) } });
  new ApiObject(parent, 'DefaultDeny', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: name },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}
