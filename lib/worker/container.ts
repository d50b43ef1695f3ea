import type { ContainerProps, EnvValue, VolumeMount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { PodFigures } from '../plan/figures';
import { isBroker, type TaskSource } from '../source';
import { accessEnvironment, accessMounts } from '../workload/client-access';
import { amountsOf } from '../workload/resources';
import { runtimeContainer } from '../workload/runtime-container';
import type { Fittings } from './fittings';
import { CONTAINER, PORTS } from './names';
import { liveMounts } from './protect/live';
import type { TaskPodProps } from './task-pod-props';

/** What the container of a worker's pods is made from. */
export interface ContainerInput {
  readonly fittings: Fittings;
  readonly figures: PodFigures;
  readonly props: TaskPodProps;
  /** Where tasks come from; of shards the first one's, which mounts and credentials are those of all. */
  readonly source: TaskSource;
  /** Whether tasks are pushed to the pods. */
  readonly takesTasks: boolean;
  /**
   * Whether anybody asks if the pods are ready.
   * @default true
   */
  readonly called?: boolean;
  /**
   * Variables that others refer to, and which therefore have to stand before them.
   * @default none
   */
  readonly leadingEnv?: Readonly<Record<string, EnvValue>>;
  /**
   * Volumes besides those of the program.
   * @default none
   */
  readonly mounts?: readonly VolumeMount[];
}

/** The container of a worker's pods. `scope` becomes the parent of its volumes as well. */
export function workerContainer(scope: Construct, input: ContainerInput): ContainerProps {
  const { fittings, figures, props, source, takesTasks, called, leadingEnv, mounts = [] } = input;
  const { image, environment, connectedEnv, config } = fittings;
  return runtimeContainer(scope, {
    name: CONTAINER,
    image,
    env: {
      ...leadingEnv,
      ...connectedEnv,
      ...props.env,
      ...(isBroker(source) && accessEnvironment(source)),
    },
    environment,
    ports: [PORTS.metrics, ...(takesTasks ? [PORTS.intake] : [])],
    amounts: amountsOf(figures),
    config,
    scratchBytes: figures.scratch.value,
    ...(called !== undefined && { called }),
    mounts: [
      ...sourceMounts(scope, source),
      ...fittings.tracing.mounts(scope),
      ...liveMounts(scope, fittings, props.live),
      ...(props.volumes ?? []),
      ...mounts,
    ],
  });
}

function sourceMounts(scope: Construct, source: TaskSource): VolumeMount[] {
  if (isBroker(source)) return accessMounts(scope, source);
  return source.kind === 'folder' ? [{ path: source.path, volume: source.volume }] : [];
}
