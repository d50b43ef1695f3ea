/** A program on this machine that serves a cluster under the name of a Service. */
export interface HostService {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Where the program listens. */
  readonly address: string;
  readonly targetPort: number;
}

/** The Service of a program that runs beside the cluster instead of in a pod. */
export function hostService({ name, namespace, port, address, targetPort }: HostService): object[] {
  const metadata = { name, namespace };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'main', port, targetPort }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: 'main', port: targetPort }],
    },
  ];
}

/** That the API server asks a Service, on port 443, for everything of an API. */
export function aggregatedApi(
  group: string,
  version: string,
  service: Pick<HostService, 'name' | 'namespace'>,
): object {
  const { name, namespace } = service;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name, namespace },
    },
  };
}

/** That the autoscaler, which has an account of its own, may read custom and external metrics. */
export function metricsReader(): object[] {
  const metadata = { name: 'autoscaler-reads-metrics' };
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiGroups = ['custom.metrics.k8s.io', 'external.metrics.k8s.io'];
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups, resources: ['*'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'horizontal-pod-autoscaler', namespace: 'kube-system' }],
    },
  ];
}
