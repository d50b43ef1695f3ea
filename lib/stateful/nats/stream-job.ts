import { posix } from 'node:path';
import { Duration } from 'cdk8s';
import {
  ConfigMap,
  EnvValue,
  type IConfigMap,
  ImagePullPolicy,
  type IServiceAccount,
  Job,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { StreamsContract } from '../../contract/zz_streams.gen';
import { set } from '../../refine';
import { checksum } from '../../workload/checksum';
import { accessContract, accessEnvironment, accessMounts } from '../../workload/client-access';
import { hardenedPod, hardenPods } from '../../workload/hardened-pod';
import { CONFIG_FOLDER } from '../../workload/names';
import type { Placement } from '../../workload/placement';
import { containerSecurityContext } from '../../workload/pod-security';
import { type ContainerAmounts, containerResources, resourceRefinements } from '../../workload/resources';
import { runtimeVolumes } from '../../workload/runtime-volumes';
import { specHash } from '../../workload/spec-hash';
import type { NatsReach } from './stream';
import type { DeclaredStream } from './stream-settings';

const CONFIG_FILE = 'streams.json';
const PROGRAM = 'streams';
const MIB = 2 ** 20;

/** What it takes to send a few requests. */
const AMOUNTS: ContainerAmounts = {
  cpuRequest: 0.01,
  cpuLimit: 1,
  memoryRequest: 48 * MIB,
  memoryLimit: 48 * MIB,
  ephemeralStorageRequest: 65 * MIB,
  ephemeralStorageLimit: 65 * MIB,
};

/** How long one attempt waits for the servers: a new cluster waits for its volumes and images first. */
const WAIT_SECONDS = 300;

/** After this all attempts have failed. */
const DEADLINE = Duration.hours(1);

/** The program's exit code when a person has to change the declaration (go/apps/streams). */
const REFUSED = 2;

/** What a person has to change is not tried again; an attempt that a node drain ended does not count. */
const FAILURES = [
  { action: 'FailJob', onExitCodes: { containerName: PROGRAM, operator: 'In', values: [REFUSED] } },
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
];

/** What the Jobs of a cluster have in common. */
export interface StreamJobsInput {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of what the Jobs have in common: their ServiceAccount, NetworkPolicy and label. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly reach: NatsReach;
  readonly serviceAccount: IServiceAccount;
  readonly placement: Placement;
  readonly ttl: Duration | undefined;
}

/** Longest name of a stream, for a Job NAME-streams-STREAM-12345678 of at most 63 characters. */
export function streamNameMax(jobs: string): number {
  return 63 - `${jobs}-`.length - '-12345678'.length;
}

/** Makes a stream, and the one for its dead letters, as they are declared: a Job, and the ConfigMap that it reads. */
export function streamJob(scope: Construct, jobs: StreamJobsInput, { stream, dead }: DeclaredStream): Job {
  const parent = new Construct(scope, `stream-${stream.name}`);
  const text = contractText(jobs, { stream, dead });
  const metadata = { name: `${jobs.name}-${stream.name}`, labels: { ...jobs.labels } };
  const config = new ConfigMap(parent, 'Config', { metadata, data: { [CONFIG_FILE]: text } });
  const build = (at: Construct, end: string) =>
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    job(at, { ...jobs, text, config: config as IConfigMap, name: `${metadata.name}-${end}` });
  return build(
    parent,
    specHash((at) => build(at, '0')),
  );
}

function contractText(
  { cluster, reach }: StreamJobsInput,
  { stream, dead }: Omit<DeclaredStream, 'problems'>,
) {
  const { servers, credentials } = reach;
  const contract: StreamsContract = {
    contract: 1,
    name: cluster,
    servers: [...servers],
    ...accessContract({ credentials }),
    waitSeconds: WAIT_SECONDS,
    streams: [stream, ...(dead === undefined ? [] : [dead])],
  };
  return `${JSON.stringify(contract, undefined, 2)}\n`;
}

interface JobInput extends StreamJobsInput {
  readonly text: string;
  readonly config: IConfigMap;
}

function job(scope: Construct, input: JobInput & { readonly name: string }): Job {
  const { name, labels, serviceAccount, placement, ttl, text } = input;
  const made = new Job(scope, 'Job', {
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
    containers: [container(scope, input)],
  });
  hardenPods(made, {
    // Not of the Job: it would be part of the spec that its own name follows from.
    name: input.serviceAccount.name,
    kind: 'Job',
    selects: false,
    placement,
    refinements: [
      ...resourceRefinements('/spec/template/spec/containers/0', AMOUNTS),
      set('/spec/podFailurePolicy', { rules: FAILURES }),
    ],
  });
  return made;
}

function container(scope: Construct, { image, config, reach }: JobInput) {
  const access = { credentials: reach.credentials };
  return {
    name: PROGRAM,
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    envVariables: {
      ...accessEnvironment(access),
      CAPSTAN_CONFIG: EnvValue.fromValue(posix.join(CONFIG_FOLDER, CONFIG_FILE)),
      GOMAXPROCS: EnvValue.fromValue('1'),
      GOMEMLIMIT: EnvValue.fromValue(String(Math.floor((AMOUNTS.memoryLimit * 9) / 10))),
    },
    resources: containerResources(AMOUNTS),
    securityContext: containerSecurityContext(),
    volumeMounts: [...runtimeVolumes(scope, config, MIB), ...accessMounts(scope, access)],
  };
}
