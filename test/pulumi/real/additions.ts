import type { Addition } from '../../live/compare-live';

const SKIP = /^\/metadata\/annotations\/pulumi\.com~1skipAwait$/;

/** All that a `pulumi up` leaves in the cluster beyond the documents, by name. */
export const PULUMI_ADDS: readonly Addition[] = [
  // What is not waited for says so.
  { at: SKIP, kind: 'Service' },
  { at: SKIP, kind: 'Ingress' },
  { at: SKIP, kind: 'PersistentVolumeClaim' },
  // Not Pulumi's, but the autoscaler's.
  { at: /^\/spec\/replicas$/, kind: 'Deployment' },
];
