import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { EnvironmentProps } from '../../lib';

const COMMON: EnvironmentProps = {
  namespaces: [{ name: 'agents', podSecurity: 'privileged' }],
  nodePools: [
    {
      name: 'all',
      labels: { pool: 'all' },
      allocatable: { cpu: Cpu.units(16), memory: Size.gibibytes(64) },
      nodes: { min: 3, max: 10 },
    },
  ],
};

/** Every kind of place that manifests differ between: the clouds, both ways in, both owners of external metrics. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentProps>> = {
  aws: { ...COMMON, cloud: 'aws', entry: { kind: 'gateway', name: 'public', namespace: 'gateways' } },
  gcp: {
    ...COMMON,
    cloud: 'gcp',
    entry: { kind: 'gateway', name: 'public', listener: 'https' },
    runtimeClass: 'gvisor',
  },
  azure: {
    ...COMMON,
    cloud: 'azure',
    entry: { kind: 'ingress', class: 'nginx', tls: { clusterIssuer: 'letsencrypt' } },
    externalMetrics: 'keda',
    prometheus: { address: 'http://prometheus.monitoring.svc:9090' },
  },
  bare: { ...COMMON, entry: { kind: 'ingress', class: 'traefik', tls: 'none' }, storageClass: 'local-path' },
};
