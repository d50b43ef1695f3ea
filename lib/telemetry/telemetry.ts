import { Chart } from 'cdk8s';
import type { VolumeMount } from 'cdk8s-plus-27';
import type { Construct, IConstruct } from 'constructs';
import type { Telemetry } from '../contract/zz_worker.gen';
import { Environment } from '../environment/environment';
import type { Connection } from '../network/endpoint';
import type { Problem } from '../plan/problem';
import { certificateMounts, tlsContract } from '../workload/client-access';
import { checkTelemetry } from './check';
import type { TelemetryProps, TracedProps } from './props';

/** Variable with headers for the collector: the name is OpenTelemetry's. */
const HEADERS_VARIABLE = 'OTEL_EXPORTER_OTLP_HEADERS';

/** What follows from a workload's traces. */
export interface Tracing {
  /** The part of the workload's configuration; `undefined`: no traces. */
  readonly contract: Telemetry | undefined;
  /** The collector, as what the workload is connected to. */
  readonly connections: readonly Connection[];
  /** Makes the volumes with the certificates that the configuration names; `scope` becomes their parent. */
  mounts(scope: Construct): VolumeMount[];
  /** What is wrong with the workload's own property; that of the environment is the environment's to list. */
  readonly problems: readonly Problem[];
}

const NONE: Tracing = { contract: undefined, connections: [], mounts: () => [], problems: [] };

/** Traces of a workload: its own property, or else that of its environment. */
export function tracingOf(workload: IConstruct, { telemetry: own }: TracedProps): Tracing {
  if (own === 'none') return NONE;
  const place = Environment.find(workload);
  const telemetry = own ?? place?.telemetry;
  if (telemetry === undefined) return NONE;
  const problems = checkTelemetry(telemetry);
  // A collector without an address has no port to open; that is reported.
  if (problems.length > 0) return { ...NONE, problems: own === undefined ? [] : problems };
  return {
    contract: contractOf(telemetry, resourceOf(workload, place)),
    connections: [connectionTo(telemetry)],
    mounts: (scope) => certificateMounts(scope, 'telemetry', telemetry.collector.tls),
    problems: [],
  };
}

function contractOf(
  { collector, sampleRatio, propagators }: TelemetryProps,
  resource: Readonly<Record<string, string>>,
): Telemetry {
  return {
    otlp: {
      endpoint: collector.url,
      ...(collector.tls !== undefined && { tls: tlsContract('telemetry', collector.tls) }),
    },
    sampleRatio: sampleRatio ?? 1,
    ...(propagators !== undefined && { propagators: [...propagators] }),
    ...(Object.keys(resource).length > 0 && { resource: { ...resource } }),
  };
}

/** Attributes that the pods do not know by themselves, by OpenTelemetry's names. */
function resourceOf(workload: IConstruct, place: Environment | undefined): Record<string, string> {
  const { namespace } = Chart.of(workload);
  return {
    ...(place !== undefined && { 'deployment.environment.name': place.name }),
    ...(namespace !== undefined && { 'k8s.namespace.name': namespace }),
  };
}

function connectionTo({ collector }: TelemetryProps): Connection {
  const { url: text, at, podPort, headers } = collector;
  const url = new URL(text);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return {
    name: 'telemetry',
    endpoints: [
      { name: 'telemetry', host: url.hostname, port, at, ...(podPort !== undefined && { podPort }) },
    ],
    env: headers === undefined ? {} : { [HEADERS_VARIABLE]: headers },
  };
}
