import {
  ConfigMap,
  type EnvValue,
  type IConfigMap,
  ImagePullPolicy,
  type Job,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { CONFIG_VOLUME } from '../workload/names';
import { containerSecurityContext } from '../workload/pod-security';
import { type ContainerAmounts, containerResources } from '../workload/resources';
import { scratchVolume } from '../workload/runtime-volumes';
import { declarationJob, type JobIdentity } from './declaration-job';

const MIB = 2 ** 20;
const SCRATCH_BYTES = 16 * MIB;

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
  const amounts = amountsOf(input);
  return declarationJob(scope, {
    identity,
    about,
    text: script.text,
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    container: container(scope, input, config as IConfigMap, amounts),
    amounts,
  });
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
