import type { Egress } from '../network/peer';
import type { Cloud } from './props';

/** What differs between clouds. Where each value comes from stands in docs/environments.md. */
export interface CloudTraits {
  /** Annotations of a Service of type LoadBalancer. */
  readonly loadBalancer: Readonly<Record<LoadBalancerReach, Readonly<Record<string, string>>>>;
  /** StorageClass that the clusters come with, for volumes of one node at a time; `undefined`: the cluster's default. */
  readonly storageClass: string | undefined;
  /** StorageClass that the clusters come with, for volumes that many nodes share; `undefined`: there is none. */
  readonly sharedStorageClass: string | undefined;
  /** How pods get an identity of the cloud; `undefined`: they cannot. */
  readonly identity: IdentityTraits | undefined;
}

/** Who reaches a load balancer: everybody, or the network that the cluster is in. */
export type LoadBalancerReach = 'external' | 'internal';

/** How pods get an identity of the cloud. */
export interface IdentityTraits {
  /** Annotation of the ServiceAccount that names the identity. */
  readonly annotation: string;
  /** What the annotation names. */
  readonly pattern: RegExp;
  /** The same in words. */
  readonly wanted: string;
  /** Labels that the pods need. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** What the pods call inside the cloud to get credentials. Its public endpoints are the program's own egress. */
  readonly egress: readonly Egress[];
}

/** The traits of each cloud. */
export const CLOUDS: Readonly<Record<Cloud, CloudTraits>> = {
  aws: {
    loadBalancer: {
      external: awsLoadBalancer('internet-facing'),
      internal: awsLoadBalancer('internal'),
    },
    storageClass: 'gp2',
    sharedStorageClass: undefined,
    identity: {
      annotation: 'eks.amazonaws.com/role-arn',
      pattern: /^arn:aws[-a-z]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
      wanted: 'must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/develop',
      podLabels: {},
      egress: [],
    },
  },
  gcp: {
    loadBalancer: {
      external: { 'cloud.google.com/l4-rbs': 'enabled' },
      internal: { 'networking.gke.io/load-balancer-type': 'Internal' },
    },
    storageClass: 'standard-rwo',
    sharedStorageClass: 'standard-rwx',
    identity: {
      annotation: 'iam.gke.io/gcp-service-account',
      pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?@[-a-z0-9.:]+\.iam\.gserviceaccount\.com$/,
      wanted: 'must be the address of an IAM service account, such as develop@studio.iam.gserviceaccount.com',
      podLabels: {},
      // The metadata server of the node, before and after the node rewrites its address.
      egress: [
        { cidr: '169.254.169.254/32', ports: [80] },
        { cidr: '169.254.169.252/32', ports: [988] },
      ],
    },
  },
  azure: {
    loadBalancer: {
      external: {},
      internal: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
    },
    storageClass: 'managed-csi',
    sharedStorageClass: 'azurefile-csi',
    identity: {
      annotation: 'azure.workload.identity/client-id',
      pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
      wanted: 'must be the client id of a managed identity, such as 00000000-0000-0000-0000-000000000000',
      podLabels: { 'azure.workload.identity/use': 'true' },
      egress: [],
    },
  },
  bare: {
    loadBalancer: { external: {}, internal: {} },
    storageClass: undefined,
    sharedStorageClass: undefined,
    identity: undefined,
  },
};

function awsLoadBalancer(scheme: 'internet-facing' | 'internal'): Record<string, string> {
  const prefix = 'service.beta.kubernetes.io/aws-load-balancer';
  return {
    [`${prefix}-type`]: 'external',
    [`${prefix}-nlb-target-type`]: 'ip',
    [`${prefix}-scheme`]: scheme,
  };
}
