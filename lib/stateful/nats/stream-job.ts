import { posix } from 'node:path';
import type { Duration } from 'cdk8s';
import { ConfigMap, EnvValue, type IConfigMap, ImagePullPolicy, type Job } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { StreamsContract } from '../../contract/zz_streams.gen';
import { set } from '../../refine';
import { accessContract, accessEnvironment, accessMounts } from '../../workload/client-access';
import { CONFIG_FOLDER } from '../../workload/names';
import { containerSecurityContext } from '../../workload/pod-security';
import { type ContainerAmounts, containerResources } from '../../workload/resources';
import { runtimeVolumes } from '../../workload/runtime-volumes';
import { declarationJob, type JobIdentity } from '../declaration-job';
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
  readonly identity: JobIdentity;
  readonly image: string;
  readonly reach: NatsReach;
  readonly ttl: Duration | undefined;
}

/** Longest name of a stream, for a Job NAME-streams-STREAM-12345678 of at most 63 characters. */
export function streamNameMax(jobs: string): number {
  return 63 - `${jobs}-`.length - '-12345678'.length;
}

/** Makes a stream, and the one for its dead letters, as they are declared: a Job, and the ConfigMap that it reads. */
export function streamJob(scope: Construct, jobs: StreamJobsInput, { stream, dead }: DeclaredStream): Job {
  const { identity, ttl } = jobs;
  const parent = new Construct(scope, `stream-${stream.name}`);
  const text = contractText(jobs, { stream, dead });
  const metadata = { name: `${identity.name}-${stream.name}`, labels: { ...identity.labels } };
  const config = new ConfigMap(parent, 'Config', { metadata, data: { [CONFIG_FILE]: text } });
  return declarationJob(parent, {
    identity,
    about: stream.name,
    text,
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    container: container(parent, jobs, config as IConfigMap),
    amounts: AMOUNTS,
    ttl,
    refinements: [set('/spec/podFailurePolicy', { rules: FAILURES })],
  });
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

function container(scope: Construct, { image, reach }: StreamJobsInput, config: IConfigMap) {
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
