import type { Addition } from '../../live/compare-live';

/** All that a `pulumi up` leaves in the cluster beyond the documents, by name. */
export const PULUMI_ADDS: readonly Addition[] = [
  // What is not waited for says so.
  { at: /^\/metadata\/annotations(\/pulumi\.com~1skipAwait)?$/, kind: 'Service' },
  { at: /^\/metadata\/annotations(\/pulumi\.com~1skipAwait)?$/, kind: 'Ingress' },
  { at: /^\/metadata\/annotations(\/pulumi\.com~1skipAwait)?$/, kind: 'PersistentVolumeClaim' },
  // Not Pulumi's, but the autoscaler's.
  { at: /^\/spec\/replicas$/, kind: 'Deployment' },
];
