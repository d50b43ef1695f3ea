import { Duration, Size } from 'cdk8s';
import { Cpu, EnvFieldPaths, EnvValue, Handler, Probe } from 'cdk8s-plus-27';
import type { Problem } from '../../plan/problem';
import { type NatsFigures, natsFigures } from '../../plan/stateful/nats';
import { bytes, seconds } from '../../workload/quantity';
import type { ServerProbes, ServerResources, StatefulServiceProps } from '../props';
import { resourcesSpec } from '../spec';
import { NATS_PATHS, NATS_PORTS, NATS_VARIABLES, natsConfiguration } from './configuration';
import type { NatsClusterProps } from './props';

const RESOURCES: ServerResources = {
  cpu: { request: Cpu.units(1), limit: Cpu.units(2) },
  memory: Size.gibibytes(2),
};

/**
 * The props of the stateful service that a NATS cluster is.
 *
 * @param problems gets what is wrong with the numbers of NATS itself
 */
export function natsServiceProps(
  id: string,
  props: NatsClusterProps,
  problems: Problem[],
): StatefulServiceProps<NatsFigures> {
  const { replicas, storage, storageClass, sync = 'always', auth = {} } = props;
  const { cpu = RESOURCES.cpu, memory = RESOURCES.memory, ...others } = props.resources ?? {};
  const resources = { ...RESOURCES, ...others, cpu, memory };
  const figures = natsFigures(
    {
      storageBytes: bytes(storage),
      resources: resourcesSpec(resources),
      memoryStoreBytes: props.memoryStore && bytes(props.memoryStore),
      maxPayloadBytes: props.maxPayload && bytes(props.maxPayload),
      lameDuckSeconds: props.lameDuck && seconds(props.lameDuck),
    },
    problems,
  );
  const isClosed = auth !== 'none';
  // The plan refuses what is no count; the configuration has to be made all the same.
  const servers = Number.isSafeInteger(replicas) ? replicas : 1;
  const text = natsConfiguration({ name: id, servers, figures, sync, isClosed });
  return {
    ...shared(props),
    app: 'nats',
    image: props.image ?? 'nats:2.12-scratch',
    replicas,
    quorum: true,
    resources,
    ports: [
      { name: 'client', number: NATS_PORTS.client },
      { name: 'routes', number: NATS_PORTS.routes, clients: false, peers: true },
      { name: 'monitor', number: NATS_PORTS.monitor, clients: false },
    ],
    claims: {
      data: { size: storage, path: NATS_PATHS.store, ...(storageClass !== undefined && { storageClass }) },
    },
    config: { path: NATS_PATHS.config, files: { 'nats.conf': text } },
    command: ['nats-server', '--config', `${NATS_PATHS.config}/nats.conf`],
    env: environment(figures),
    probes: PROBES,
    lifecycle: { preStop: Handler.fromCommand(['nats-server', '--signal', `ldm=${NATS_PATHS.pid}`]) },
    gracePeriod: Duration.seconds(figures.gracePeriod.value),
    figures,
  };
}

/** Props of a stateful service that a NATS cluster takes as they are. */
const SHARED = ['identity', 'minReady', 'nodePool', 'priority', 'retention', 'sidecars', 'update'] as const;

function shared(props: NatsClusterProps): Pick<NatsClusterProps, (typeof SHARED)[number]> {
  const given = SHARED.filter((name) => props[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, props[name]]));
}

function environment({ gomaxprocs, gomemlimit }: NatsFigures): Record<string, EnvValue> {
  return {
    [NATS_VARIABLES.server]: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
    ...(gomaxprocs !== undefined && { GOMAXPROCS: EnvValue.fromValue(String(gomaxprocs.value)) }),
    GOMEMLIMIT: EnvValue.fromValue(String(gomemlimit.value)),
  };
}

/**
 * As the servers' own chart asks. A fresh server is up when it has caught up with its streams, which a rolling update
 * waits for. Later a stream that has lost its majority takes no server out of service: others have not.
 */
const PROBES: ServerProbes = {
  startup: health('/healthz', { period: 5, failureThreshold: 180 }),
  readiness: health('/healthz?js-server-only=true', { period: 5, failureThreshold: 2 }),
  liveness: health('/healthz?js-enabled-only=true', { period: 15, failureThreshold: 4 }),
};

function health(path: string, { period, failureThreshold }: { period: number; failureThreshold: number }) {
  return Probe.fromHttpGet(path, {
    port: NATS_PORTS.monitor,
    periodSeconds: Duration.seconds(period),
    timeoutSeconds: Duration.seconds(5),
    failureThreshold,
  });
}
