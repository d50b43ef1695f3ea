import { Duration } from 'cdk8s';
import { type ContainerProps, type IServiceAccount, Job } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection } from '../network/endpoint';
import { NetworkAccess } from '../network/network-access';
import type { Refinement } from '../refine';
import { checksum } from '../workload/checksum';
import { connectNetwork } from '../workload/connect';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import { workloadLabels, workloadSelector } from '../workload/labels';
import { nameByContent } from '../workload/name-by-content';
import { type Placement, type PlacementProps, placementOf } from '../workload/placement';
import { type ContainerAmounts, resourceRefinements } from '../workload/resources';
import { workloadAccount } from '../workload/service-account';

/** After this all attempts have failed: a new server waits for its volumes and images first. */
const DEADLINE = Duration.hours(1);

/** Who the Jobs of a server are, and what they may call. */
export interface JobIdentity {
  /** Name of what they have in common: their ServiceAccount, NetworkPolicy and label. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: IServiceAccount;
  readonly placement: Placement;
}

/** What the identity of Jobs is made from. */
export interface JobIdentityInput extends Pick<PlacementProps, 'nodePool' | 'priority'> {
  readonly name: string;
  /** Label `app.kubernetes.io/name`. */
  readonly app: string;
  /** What the Jobs call. */
  readonly connection: Connection;
}

/** Makes the identity and the network of the Jobs that declare something at a server. */
export function jobIdentity(scope: Construct, input: JobIdentityInput): JobIdentity {
  const { name, app, connection, nodePool, priority } = input;
  const labels = workloadLabels(scope, name, app);
  const placement = placementOf(scope, {
    ...(nodePool !== undefined && { nodePool }),
    ...(priority !== undefined && { priority }),
  });
  const network = new NetworkAccess(scope, 'NetworkPolicy', { name, labels, pods: workloadSelector(name) });
  connectNetwork(network, [connection]);
  // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
  const serviceAccount = workloadAccount(scope, { name, labels, placement }) as IServiceAccount;
  return { name, labels, serviceAccount, placement };
}

/** What a Job that declares something at a server is made from. */
export interface DeclarationJobInput {
  readonly identity: JobIdentity;
  /** What the Job is about; its name is NAME-ABOUT and a hash. */
  readonly about: string;
  /** What its only container reads from a ConfigMap: other text is another Job. */
  readonly text: string;
  readonly container: ContainerProps;
  readonly amounts: ContainerAmounts;
  /**
   * How long the Job is kept once it has ended.
   * @default until somebody deletes it
   */
  readonly ttl?: Duration | undefined;
  /**
   * What is refined besides.
   * @default nothing
   */
  readonly refinements?: readonly Refinement[];
}

/** Makes the Job. */
export function declarationJob(scope: Construct, input: DeclarationJobInput): Job {
  const { identity, about, text, container, amounts, ttl, refinements = [] } = input;
  const { labels, serviceAccount, placement } = identity;
  const name = `${identity.name}-${about}`;
  const job = new Job(scope, 'Job', {
    metadata: { name, labels: { ...labels } },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': checksum(text) },
      serviceAccount,
      gracePeriod: Duration.seconds(10),
    }),
    activeDeadline: DEADLINE,
    backoffLimit: 6,
    ...(ttl !== undefined && { ttlAfterFinished: ttl }),
    containers: [container],
  });
  hardenPods(job, {
    name: identity.name,
    kind: 'Job',
    selects: false,
    placement,
    refinements: [...resourceRefinements('/spec/template/spec/containers/0', amounts), ...refinements],
  });
  // A Job's template can never be changed: another declaration is another Job.
  nameByContent(job, name);
  return job;
}
