import { accessTo } from '../control-plane';
import { applyObjects, kubectl } from '../kubectl';
import { built } from '../programs';
import { serveThirdParty } from '../registry';
import { DNS_ADDRESS } from '../state';
import type { Addon } from './addon';

const IMAGE = 'registry.k8s.io/coredns/coredns:v1.15.0';
const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': 'kube-dns' };
const metadata = { name: 'coredns', namespace: NAMESPACE };
const COREFILE = `.:53 {
    errors
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    cache 5
}
`;

/** The names of Services, served by pods, so that NetworkPolicies that select them mean what they say. */
export const coredns: Addon = {
  purpose: 'names of Services',
  needsRealNode: true,
  prepare: () => built('cluster/addons/coredns.sh'),
  async start(cluster) {
    await serveThirdParty(cluster, [IMAGE]);
    const access = accessTo(cluster);
    await applyObjects(access, [...account(), ...workload()]);
    const rollout = ['--namespace', NAMESPACE, 'rollout', 'status', 'deployment/coredns', '--timeout=60s'];
    await kubectl(access, rollout);
  },
};

function account(): object[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const name = 'coredns';
  const verbs = ['list', 'watch'];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    },
  ];
}

function workload(): object[] {
  const ports = [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  ];
  const container = {
    name: 'coredns',
    image: IMAGE,
    args: ['-conf', '/etc/coredns/Corefile'],
    ports,
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
      runAsUser: 0,
    },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
  };
  const spec = {
    serviceAccountName: 'coredns',
    priorityClassName: 'system-cluster-critical',
    dnsPolicy: 'Default',
    nodeSelector: { type: 'real' },
    containers: [container],
    volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
  };
  const ofService = ports.map(({ name, containerPort, protocol }) => ({
    name,
    port: containerPort,
    protocol,
  }));
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: COREFILE } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels: LABELS },
      spec: { selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: NAMESPACE, labels: LABELS },
      spec: { clusterIP: DNS_ADDRESS, selector: LABELS, ports: ofService },
    },
  ];
}
