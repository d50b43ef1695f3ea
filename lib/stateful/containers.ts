import { Duration } from 'cdk8s';
import { type ContainerProps, ImagePullPolicy, Probe, type VolumeMount } from 'cdk8s-plus-27';
import { planContainer } from '../plan/stateful/container';
import type { StatefulFigures } from '../plan/stateful/stateful-plan';
import { containerSecurityContext } from '../workload/pod-security';
import { amountsOf, type ContainerAmounts, containerResources } from '../workload/resources';
import { SERVER } from './names';
import type { InitContainer, ServerContainer, ServerProbes, Sidecar, StatefulPort } from './props';
import { resourcesSpec } from './spec';

/** A container and what it asks for, which is written as the API server stores it. */
export interface SizedContainer {
  readonly props: ContainerProps & { readonly name: string };
  readonly amounts: ContainerAmounts;
}

/** What containers of one service have in common. */
export interface ContainerSurroundings {
  readonly user: number | undefined;
  /** Configuration and /tmp. */
  readonly mounts: readonly VolumeMount[];
  /** Claims by the container's own paths. */
  readonly mountClaims: (paths: Readonly<Record<string, string>>) => VolumeMount[];
}

/** The container of the server itself. */
export function serverContainer(
  server: ServerContainer & { readonly ports: readonly StatefulPort[] },
  figures: StatefulFigures,
  paths: Readonly<Record<string, string>>,
  surroundings: ContainerSurroundings,
): SizedContainer {
  const { lifecycle, ports, probes } = server;
  return {
    props: {
      ...common(SERVER, server, amountsOf(figures), surroundings, paths),
      ...listening(ports, probes),
      ...(lifecycle !== undefined && { lifecycle }),
    },
    amounts: amountsOf(figures),
  };
}

/** A container beside the server's. */
export function sidecarContainer(sidecar: Sidecar, surroundings: ContainerSurroundings): SizedContainer {
  const { name, lifecycle, ports = [], probes, claims = {} } = sidecar;
  const amounts = amountsOf(planContainer(resourcesSpec(sidecar.resources)));
  return {
    props: {
      ...common(name, sidecar, amounts, surroundings, claims),
      ...listening(ports, probes),
      ...(lifecycle !== undefined && { lifecycle }),
    },
    amounts,
  };
}

/** A container that runs to its end before the server starts. */
export function initContainer(init: InitContainer, surroundings: ContainerSurroundings): SizedContainer {
  const amounts = amountsOf(planContainer(resourcesSpec(init.resources)));
  return { props: common(init.name, init, amounts, surroundings, init.claims ?? {}), amounts };
}

type Common = Omit<ServerContainer, 'probes' | 'lifecycle'>;

function common(
  name: string,
  { image, command, args, env, volumes = [] }: Common,
  amounts: ContainerAmounts,
  { user, mounts, mountClaims }: ContainerSurroundings,
  paths: Readonly<Record<string, string>>,
): SizedContainer['props'] {
  return {
    name,
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    ...(command !== undefined && { command: [...command] }),
    ...(args !== undefined && { args: [...args] }),
    envVariables: { ...env },
    resources: containerResources(amounts),
    securityContext: containerSecurityContext(user),
    volumeMounts: [...mounts, ...mountClaims(paths), ...volumes],
  };
}

function listening(
  ports: readonly StatefulPort[],
  probes: ServerProbes,
): Pick<ContainerProps, 'ports' | 'startup' | 'readiness' | 'liveness'> {
  const first = ports[0]?.number;
  const startup = probes.startup ?? listens(first, 5, 120);
  const liveness = probes.liveness ?? listens(first, 15, 4);
  return {
    // cdk8s-plus throws at two that are the same; the check lists them.
    ports: ports
      .filter(({ name, number }, index) =>
        ports.slice(0, index).every((other) => other.name !== name && other.number !== number),
      )
      .map(({ name, number }) => ({ name, number })),
    readiness: probes.readiness,
    ...(startup !== undefined && { startup }),
    ...(liveness !== undefined && { liveness }),
  };
}

function listens(port: number | undefined, period: number, failureThreshold: number): Probe | undefined {
  if (port === undefined) return undefined;
  return Probe.fromTcpSocket({
    port,
    periodSeconds: Duration.seconds(period),
    timeoutSeconds: Duration.seconds(5),
    failureThreshold,
  });
}
