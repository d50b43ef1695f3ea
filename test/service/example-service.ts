import { Chart, Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Environment,
  type EnvironmentProps,
  GoApp,
  type JetStreamTarget,
  NetworkAccess,
  WebService,
  type WebServiceProps,
} from '../../lib';
import { type Document, documentsOf, exampleApp } from '../worker/example-worker';

/** A legal service that is called from inside of the cluster. */
export const exampleProps: WebServiceProps = {
  app: GoApp.fromDirectory('apps/upload', { kind: 'service' }),
  request: {
    cpuTime: Duration.millis(4),
    duration: { mean: Duration.millis(20), max: Duration.seconds(10) },
    memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(2) },
  },
  concurrency: 32,
  latency: Duration.millis(100),
  scale: { min: 2, max: 20 },
};

/** An environment whose requests come in through a gateway. */
export const GATEWAY: EnvironmentProps = {
  entry: { kind: 'gateway', name: 'public', namespace: 'gateways', listener: 'https' },
};

/** An environment whose requests come in through an ingress controller. */
export const INGRESS: EnvironmentProps = {
  entry: { kind: 'ingress', class: 'traefik', tls: { clusterIssuer: 'letsencrypt' }, grpc: true },
};

/** A chart in an environment of its own. */
export function environmentChart(props: EnvironmentProps = {}): Chart {
  const environment = new Environment(exampleApp(), 'darkroom', props);
  return new Chart(environment, 'photos', { namespace: 'darkroom' });
}

/** The example service with other props. */
export function exampleService(
  scope: Construct,
  props: Partial<WebServiceProps> = {},
  id = 'upload',
): WebService {
  return new WebService(scope, id, { ...exampleProps, ...props });
}

/** The documents of the example service with other props, in an environment. */
export function serviceDocuments(
  props: Partial<WebServiceProps> = {},
  place: EnvironmentProps = {},
): Document[] {
  const chart = environmentChart(place);
  exampleService(chart, props);
  return documentsOf(chart);
}

/** A stream that tasks are published to, of a broker in another namespace. */
export function exampleStream(scope: Construct): JetStreamTarget {
  const at = new NetworkAccess(scope, 'broker', { pods: { app: 'broker' } });
  const endpoint = { name: 'broker', host: 'broker.darkroom.svc', port: 4222, at };
  return {
    kind: 'jetstream',
    servers: ['nats://broker.darkroom.svc:4222'],
    stream: 'photos',
    subject: 'photos.new',
    connection: { name: 'broker', endpoints: [endpoint], env: {} },
  };
}
