import {
  type ContainerProps,
  EnvValue,
  type IConfigMap,
  ImagePullPolicy,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { containerSecurityContext } from './pod-security';
import { PROBES } from './probes';
import { type ContainerAmounts, containerResources } from './resources';
import { runtimeVolumes } from './runtime-volumes';

/** What the container of a Capstan runtime is made from. */
export interface RuntimeContainerInput {
  readonly name: string;
  /** `name:tag@sha256:…`. */
  readonly image: string;
  /** Variables of the program and of what it is connected to. */
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Variables that Capstan sets; they win. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
  readonly amounts: ContainerAmounts;
  readonly config: IConfigMap;
  /** Bytes of /tmp. */
  readonly scratchBytes: number;
  /** Volumes besides the runtime's own. */
  readonly mounts: readonly VolumeMount[];
  /**
   * Whether anybody asks if the program is ready, and not only if it came up and still answers.
   * @default true
   */
  readonly called?: boolean;
}

/** The container of a Capstan runtime. `scope` becomes the parent of its volumes. */
export function runtimeContainer(scope: Construct, input: RuntimeContainerInput): ContainerProps {
  const {
    name,
    image,
    env,
    environment,
    ports,
    amounts,
    config,
    scratchBytes,
    mounts,
    called = true,
  } = input;
  const own = Object.entries(environment).map(([key, value]) => [key, EnvValue.fromValue(value)]);
  return {
    name,
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    envVariables: { ...env, ...Object.fromEntries(own) },
    ports: ports.map((port) => ({ name: port.name, number: port.number })),
    startup: PROBES.startup,
    liveness: PROBES.liveness,
    ...(called && { readiness: PROBES.readiness }),
    resources: containerResources(amounts),
    securityContext: containerSecurityContext(),
    volumeMounts: [...runtimeVolumes(scope, config, scratchBytes), ...mounts],
  };
}
