import { Duration } from 'cdk8s';
import {
  ConfigMap,
  type EnvValue,
  type IConfigMap,
  ImagePullPolicy,
  type IServiceAccount,
  Job,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection } from '../network/endpoint';
import { NetworkAccess } from '../network/network-access';
import { checksum } from '../workload/checksum';
import { connectNetwork } from '../workload/connect';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import { workloadLabels, workloadSelector } from '../workload/labels';
import { CONFIG_VOLUME } from '../workload/names';
import { type Placement, type PlacementProps, placementOf } from '../workload/placement';
import { containerSecurityContext } from '../workload/pod-security';
import { type ContainerAmounts, containerResources, resourceRefinements } from '../workload/resources';
import { scratchVolume } from '../workload/runtime-volumes';
import { workloadAccount } from '../workload/service-account';
import { specHash } from '../workload/spec-hash';

const MIB = 2 ** 20;
const SCRATCH_BYTES = 16 * MIB;

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

/** What a Job that runs a script in a server's own image is made from. */
export interface ScriptJobInput {
  readonly identity: JobIdentity;
  /** What the Job is about; its name is NAME-ABOUT and a hash. */
  readonly about: string;
  readonly image: string;
  readonly script: { readonly folder: string; readonly file: string; readonly text: string };
  readonly env: Readonly<Record<string, EnvValue>>;
  /** CPU in cores and memory in bytes. */
  readonly cpuRequest: number;
  readonly memoryBytes: number;
  /**
   * Volumes besides the script and /tmp.
   * @default none
   */
  readonly mounts?: readonly VolumeMount[];
}

/** Declares something at a server: a Job, and the ConfigMap with its script. */
export function scriptJob(scope: Construct, input: ScriptJobInput): Job {
  const { identity, about, script } = input;
  const metadata = { name: `${identity.name}-${about}`, labels: { ...identity.labels } };
  const config = new ConfigMap(scope, 'Config', { metadata, data: { [script.file]: script.text } });
  // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
  const build = (at: Construct, end: string) =>
    job(at, input, `${metadata.name}-${end}`, config as IConfigMap);
  // A Job's template can never be changed: another declaration is another Job.
  return build(
    scope,
    specHash((at) => build(at, '0')),
  );
}

function job(scope: Construct, input: ScriptJobInput, name: string, config: IConfigMap): Job {
  const { identity, script } = input;
  const { labels, serviceAccount, placement } = identity;
  const amounts = amountsOf(input);
  const made = new Job(scope, 'Job', {
    metadata: { name, labels: { ...labels } },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': checksum(script.text) },
      serviceAccount,
      gracePeriod: Duration.seconds(10),
    }),
    activeDeadline: DEADLINE,
    backoffLimit: 6,
    containers: [container(scope, input, config, amounts)],
  });
  hardenPods(made, {
    // Not of the Job: it would be part of the spec that its own name follows from.
    name: identity.name,
    kind: 'Job',
    selects: false,
    placement,
    refinements: resourceRefinements('/spec/template/spec/containers/0', amounts),
  });
  return made;
}

function amountsOf({ cpuRequest, memoryBytes }: ScriptJobInput): ContainerAmounts {
  return {
    cpuRequest,
    cpuLimit: 1,
    memoryRequest: memoryBytes,
    memoryLimit: memoryBytes,
    ephemeralStorageRequest: 64 * MIB + SCRATCH_BYTES,
    ephemeralStorageLimit: 64 * MIB + SCRATCH_BYTES,
  };
}

function container(scope: Construct, input: ScriptJobInput, config: IConfigMap, amounts: ContainerAmounts) {
  const { image, script, env, mounts = [] } = input;
  return {
    name: 'script',
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    command: ['/bin/sh', `${script.folder}/${script.file}`],
    envVariables: { ...env },
    resources: containerResources(amounts),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      {
        path: script.folder,
        readOnly: true,
        volume: Volume.fromConfigMap(scope, 'ConfigVolume', config, { name: CONFIG_VOLUME }),
      },
      scratchVolume(scope, SCRATCH_BYTES),
      ...mounts,
    ],
  };
}
