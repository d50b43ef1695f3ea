import { CLOUDS } from '../environment/cloud';
import type { Cloud } from '../environment/props';
import type { Placement } from './placement';
import { valueText } from './value-text';

/** Who pods are to a cloud, without a key or password: the cloud believes the cluster's tokens. */
export interface CloudIdentity {
  /**
   * ARN of the IAM role, such as `arn:aws:iam::111122223333:role/develop` (EKS, IAM roles for service accounts).
   * @default none: a workload in an environment of this cloud has to have one
   */
  readonly aws?: string;
  /**
   * Address of the IAM service account, such as `develop@studio.iam.gserviceaccount.com` (GKE, Workload Identity).
   * @default none: a workload in an environment of this cloud has to have one
   */
  readonly gcp?: string;
  /**
   * Client id of the managed identity (AKS, Microsoft Entra Workload ID).
   * @default none: a workload in an environment of this cloud has to have one
   */
  readonly azure?: string;
}

type FoundIdentity = Pick<Placement, 'podLabels' | 'accountAnnotations' | 'egress' | 'problems'>;

const NOBODY: FoundIdentity = { podLabels: {}, accountAnnotations: {}, egress: [], problems: [] };

/** What makes pods somebody to the cloud of their environment. */
export function findIdentity(cloud: Cloud = 'bare', identity: CloudIdentity | undefined): FoundIdentity {
  const traits = CLOUDS[cloud].identity;
  if (identity === undefined || cloud === 'bare' || traits === undefined) return NOBODY;
  const name: unknown = identity[cloud];
  if (typeof name !== 'string' || !traits.pattern.test(name)) {
    const prop = `identity.${cloud}`;
    const fix = `Give what the cloud calls it, or leave identity out: the environment's cloud is ${cloud}.`;
    return { ...NOBODY, problems: [{ prop, wanted: traits.wanted, got: valueText(name), fix }] };
  }
  return {
    podLabels: traits.podLabels,
    accountAnnotations: { [traits.annotation]: name },
    egress: traits.egress,
    problems: [],
  };
}
