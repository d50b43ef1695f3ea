import type { EnvironmentProps } from '../../lib';

/** Every kind of place that manifests differ between: the clouds, both ways in, both owners of external metrics. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentProps>> = {
  aws: { cloud: 'aws', entry: { kind: 'gateway', name: 'public', namespace: 'gateways' } },
  gcp: {
    cloud: 'gcp',
    entry: { kind: 'gateway', name: 'public', listener: 'https' },
    runtimeClass: 'gvisor',
  },
  azure: {
    cloud: 'azure',
    entry: { kind: 'ingress', class: 'nginx', tls: { clusterIssuer: 'letsencrypt' } },
    externalMetrics: 'keda',
    prometheus: { address: 'http://prometheus.monitoring.svc:9090' },
  },
  bare: { entry: { kind: 'ingress', class: 'traefik', tls: 'none' }, storageClass: 'local-path' },
};
