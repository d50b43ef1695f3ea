import { Duration, Size } from 'cdk8s';
import {
  type ContainerProps,
  type ContainerResources,
  Cpu,
  Deployment,
  DeploymentStrategy,
  EnvValue,
  FsGroupChangePolicy,
  type IConfigMap,
  ImagePullPolicy,
  type IServiceAccount,
  LabelSelector,
  PercentOrAbsolute,
  Pod,
  Topology,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Figures } from '../plan/figures';
import { fill, refine, set } from '../refine';
import {
  CONFIG_FOLDER,
  CONFIG_VOLUME,
  PORTS,
  SCRATCH_FOLDER,
  SCRATCH_VOLUME,
  USER,
  workerSelector,
} from './names';
import { PROBES } from './probes';
import type { WorkerProps } from './props';
import { byteQuantity, milliQuantity } from './units';

/** What a worker's Deployment is made from. */
export interface PodsInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly props: WorkerProps;
  /** `name:tag@sha256:…`. */
  readonly image: string;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly config: IConfigMap;
  /** Changes with the configuration. */
  readonly configChecksum: string;
  readonly serviceAccount: IServiceAccount;
}

/** The Deployment of a worker. `scope` becomes the parent of its volumes as well. */
export function workerDeployment(scope: Construct, input: PodsInput): Deployment {
  const { name, labels, figures, props } = input;
  const deployment = new Deployment(scope, 'Deployment', {
    metadata: { name, labels },
    podMetadata: {
      // The label that cdk8s-plus selects on is derived from the path; a fixed value survives a move in the tree.
      labels: { ...labels },
      annotations: { 'checksum/config': input.configChecksum },
    },
    select: false,
    ...(props.source.kind === 'folder' && { replicas: 1 }),
    strategy: strategy(figures.maxSurge.value),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    serviceAccount: input.serviceAccount,
    automountServiceAccountToken: false,
    terminationGracePeriod: Duration.seconds(figures.gracePeriod.value),
    securityContext: {
      ensureNonRoot: true,
      user: USER,
      group: USER,
      fsGroup: USER,
      fsGroupChangePolicy: FsGroupChangePolicy.ON_ROOT_MISMATCH,
    },
    // Names with one dot and more are asked for as they are: five search domains would mean six queries each.
    dns: { options: [{ name: 'ndots', value: '2' }] },
    containers: [container(scope, input)],
  });
  deployment.podMetadata.addLabel(Pod.ADDRESS_LABEL, name);
  deployment.select(LabelSelector.of({ labels: workerSelector(name) }));
  deployment.scheduling.separate(deployment, { weight: 100, topology: Topology.HOSTNAME });
  refinePods(deployment, input);
  return deployment;
}

/** Without surge the old pods end before new ones start: `rollingUpdate` would let both run for a while. */
function strategy(maxSurge: number): DeploymentStrategy {
  if (maxSurge === 0) return DeploymentStrategy.recreate();
  return DeploymentStrategy.rollingUpdate({
    maxSurge: PercentOrAbsolute.absolute(maxSurge),
    maxUnavailable: PercentOrAbsolute.absolute(0),
  });
}

function container(
  scope: Construct,
  { props, figures, image, environment, config }: PodsInput,
): ContainerProps {
  const own = Object.entries(environment).map(([key, value]) => [key, EnvValue.fromValue(value)]);
  return {
    name: 'worker',
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    envVariables: { ...props.env, ...Object.fromEntries(own) },
    ports: Object.values(PORTS)
      .filter((port) => port !== PORTS.intake || props.source.kind === 'memory')
      .map(({ name, number }) => ({ name, number })),
    ...PROBES,
    resources: resources(figures),
    securityContext: {
      ensureNonRoot: true,
      user: USER,
      group: USER,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [...ownMounts(scope, figures, config), ...sourceMounts(props), ...(props.volumes ?? [])],
  };
}

function resources({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: Figures): ContainerResources {
  const mebibytes = (bytes: number) => Size.mebibytes(bytes / 2 ** 20);
  const millis = (cores: number) => Cpu.millis(Math.round(cores * 1000));
  return {
    cpu: {
      request: millis(cpuRequest.value),
      ...(cpuLimit !== undefined && { limit: millis(cpuLimit.value) }),
    },
    memory: { request: mebibytes(memoryRequest.value), limit: mebibytes(memoryLimit.value) },
  };
}

function ownMounts(scope: Construct, figures: Figures, config: IConfigMap): VolumeMount[] {
  const sizeLimit = Size.mebibytes(Math.ceil(figures.scratch.value / 2 ** 20));
  return [
    {
      path: CONFIG_FOLDER,
      readOnly: true,
      volume: Volume.fromConfigMap(scope, 'ConfigVolume', config, { name: CONFIG_VOLUME }),
    },
    {
      path: SCRATCH_FOLDER,
      volume: Volume.fromEmptyDir(scope, 'ScratchVolume', SCRATCH_VOLUME, { sizeLimit }),
    },
  ];
}

function sourceMounts({ source }: WorkerProps): VolumeMount[] {
  return source.kind === 'folder' ? [{ path: source.path, volume: source.volume }] : [];
}

/** What cdk8s-plus-27 has no words for. */
function refinePods(deployment: Deployment, { name, figures }: PodsInput): void {
  const pod = '/spec/template/spec';
  const main = `${pod}/containers/0`;
  refine(
    deployment,
    fill(`${pod}/containers/*/securityContext/capabilities`, { drop: ['ALL'] }),
    fill(`${pod}/initContainers/*/securityContext/capabilities`, { drop: ['ALL'] }),
    set(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    set(`${pod}/enableServiceLinks`, false),
    set(`${pod}/topologySpreadConstraints`, [
      spread('topology.kubernetes.io/zone', name),
      spread('kubernetes.io/hostname', name),
    ]),
    // As the API server stores them: cdk8s-plus writes 3000m, fractions of MiB, and whole GiB of storage only.
    set(`${main}/resources/requests/cpu`, milliQuantity(figures.cpuRequest.value)),
    ...(figures.cpuLimit === undefined
      ? []
      : [set(`${main}/resources/limits/cpu`, milliQuantity(figures.cpuLimit.value))]),
    set(`${main}/resources/requests/ephemeral-storage`, byteQuantity(figures.ephemeralStorageRequest.value)),
    set(`${main}/resources/limits/ephemeral-storage`, byteQuantity(figures.ephemeralStorageLimit.value)),
    set(`${main}/resources/requests/memory`, byteQuantity(figures.memoryRequest.value)),
    set(`${main}/resources/limits/memory`, byteQuantity(figures.memoryLimit.value)),
  );
}

/** Spreads pods of one revision; a cluster with too few nodes still runs them all. */
function spread(topologyKey: string, name: string) {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: workerSelector(name) },
    matchLabelKeys: ['pod-template-hash'],
  };
}
