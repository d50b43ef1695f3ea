import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { EnvValue, Secret } from 'cdk8s-plus-27';
import { Environment, type EnvironmentProps, type Ingress, type WebServiceProps } from '../../lib';
import { exampleRedis } from '../stateful/redis/example-redis';
import { type Document, documentsOf, exampleApp, exampleWorker, find } from '../worker/example-worker';
import {
  environmentChart,
  exampleService,
  exampleStream,
  GATEWAY,
  INGRESS,
  serviceDocuments,
} from './example-service';

const host = 'photos.example.com';

/** Rules of a NetworkPolicy for a port. */
function rules(documents: readonly Document[], name: string, way: 'ingress' | 'egress', port: number) {
  const { spec } = find(documents, 'NetworkPolicy', name);
  const found = spec[way].filter((rule: Document) => rule.ports.some((it: Document) => it.port === port));
  return found.flatMap((rule: Document) => rule[way === 'ingress' ? 'from' : 'to']);
}

function variables(documents: readonly Document[], name: string): Record<string, unknown> {
  const [container] = find(documents, 'Deployment', name).spec.template.spec.containers;
  return Object.fromEntries(container.env.map((it: Document) => [it.name, it.value ?? it.valueFrom]));
}

describe('a workload that is connected to a service', () => {
  const chart = environmentChart();
  const upload = exampleService(chart);
  exampleService(chart, { connections: [upload.connection()] }, 'gallery');
  exampleWorker(chart, { connections: [upload.connection()] });
  const documents = documentsOf(chart);

  test.each(['gallery', 'develop'])('finds it by variables and DNS: %s', (name) => {
    expect(variables(documents, name)).toMatchObject({
      UPLOAD_URL: 'http://upload.darkroom.svc',
      UPLOAD_HOST: 'upload.darkroom.svc',
      UPLOAD_PORT: '80',
    });
    expect(upload.url).toBe('http://upload.darkroom.svc');
  });

  test.each(['gallery', 'develop'])('may call its pods, and they may be called: %s', (name) => {
    const caller = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': name } } };
    const called = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'upload' } } };
    expect(rules(documents, 'upload', 'ingress', 8080)).toContainEqual(caller);
    expect(rules(documents, name, 'egress', 8080)).toEqual([called]);
    expect(rules(documents, name, 'egress', 80)).toEqual([]);
  });

  test('is the only one that may', () => {
    expect(rules(documents, 'upload', 'ingress', 8080)).toHaveLength(2);
    expect(rules(serviceDocuments(), 'upload', 'ingress', 8080)).toEqual([]);
  });
});

test('a service is found on the port that it is given, and by its name alone without a namespace', () => {
  const chart = new Chart(exampleApp(), 'photos');
  const upload = exampleService(chart, { port: 8000 });
  expect(upload.url).toBe('http://upload:8000');
  expect(upload.endpoint()).toMatchObject({ name: 'upload', host: 'upload', port: 8000, podPort: 8080 });
  const { env } = upload.connection();
  expect(env.UPLOAD_PORT?.value).toBe('8000');
  expect(find(documentsOf(chart), 'Service', 'upload').spec.ports[0]).toMatchObject({
    port: 8000,
    targetPort: 'http',
  });
});

test('a service of another namespace is let in by the label that the cluster gives it', () => {
  const environment = new Environment(exampleApp(), 'darkroom', { namespaces: [{ name: 'shop' }] });
  const photos = new Chart(environment, 'photos', { namespace: 'darkroom' });
  const shop = new Chart(environment, 'shop', { namespace: 'shop' });
  const upload = exampleService(photos);
  exampleService(shop, { connections: [upload.connection()] }, 'cart');
  expect(rules(documentsOf(photos), 'upload', 'ingress', 8080)).toEqual([
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'cart' } },
    },
  ]);
});

describe('who may call the pods', () => {
  const callers = (props: Partial<WebServiceProps>, place: EnvironmentProps) =>
    rules(serviceDocuments(props, place), 'upload', 'ingress', 8080);
  const from = (...sources: readonly Omit<Ingress, 'ports'>[]): EnvironmentProps => ({
    entry: { kind: 'gateway', name: 'public', from: sources as never },
  });

  test.each([
    ['a gateway', GATEWAY],
    ['an ingress controller', INGRESS],
  ])('is every pod of the cluster behind %s, unless the entry says who', (_, place) => {
    expect(callers({ expose: { host } }, place)).toEqual([{ namespaceSelector: {} }]);
    expect(callers({}, place)).toEqual([]);
  });

  test('is whom the entry names: pods, or addresses', () => {
    const pods = { app: 'envoy' };
    const namespace = { 'kubernetes.io/metadata.name': 'gateways' };
    const cidr = '35.191.0.0/16';
    expect(callers({ expose: { host } }, from({ pods, namespace }, { cidr }))).toEqual([
      { namespaceSelector: { matchLabels: namespace }, podSelector: { matchLabels: pods } },
      { ipBlock: { cidr } },
    ]);
  });

  test('is everybody behind a load balancer', () => {
    expect(callers({ loadBalancer: { from: ['203.0.113.0/24'] } }, {})).toEqual([
      { ipBlock: { cidr: '0.0.0.0/0' } },
      { ipBlock: { cidr: '::/0' } },
    ]);
  });

  test('is, for metrics, every pod of the cluster', () => {
    const documents = serviceDocuments();
    expect(rules(documents, 'upload', 'ingress', 9090)).toEqual([{ namespaceSelector: {} }]);
  });
});

test("cdk8s-plus' connections open further, to the same pods", () => {
  const chart = environmentChart();
  const upload = exampleService(chart);
  const gallery = exampleService(chart, {}, 'gallery');
  gallery.deployment.connections.allowTo(upload.deployment);
  const documents = documentsOf(chart);
  const made = documents.filter(
    (it) => it.kind === 'NetworkPolicy' && !['upload', 'gallery'].includes(it.metadata.name),
  );
  expect(made).toHaveLength(2);
  for (const { spec } of made) {
    const name = spec.egress === undefined ? 'upload' : 'gallery';
    const { labels } = find(documents, 'Deployment', name).spec.template.metadata;
    expect(labels).toMatchObject(spec.podSelector.matchLabels);
  }
});

describe('a stream that a service publishes to', () => {
  test('is in its contract, and the way to it is open', () => {
    const chart = environmentChart();
    const { contract } = exampleService(chart, { publish: exampleStream(chart) });
    const documents = documentsOf(chart);
    expect(contract.publish).toEqual({
      jetstream: {
        servers: ['nats://broker.darkroom.svc:4222'],
        stream: 'photos',
        subject: 'photos.new',
      },
    });
    expect(rules(documents, 'upload', 'egress', 4222)).toEqual([
      { podSelector: { matchLabels: { app: 'broker' } } },
    ]);
    expect(rules(documents, 'broker', 'ingress', 4222)).toHaveLength(1);
  });

  test('may be one of Redis', () => {
    const chart = environmentChart();
    const queue = exampleRedis(chart, { storage: Size.gibibytes(1) }, 'queue').stream('photos');
    const bounds = { duplicateWindow: Duration.minutes(10), capacity: 5000 };
    const { contract } = exampleService(chart, { publish: queue.publisher(bounds) });
    const documents = documentsOf(chart);
    expect(contract.publish).toEqual({
      redis: {
        addresses: [expect.stringMatching(/^queue\..*:6379$/)],
        stream: 'photos',
        duplicateWindowSeconds: 600,
        capacity: 5000,
        credentials: { passwordVariable: 'CAPSTAN_PASSWORD' },
      },
    });
    expect(variables(documents, 'upload')).toMatchObject({
      CAPSTAN_PASSWORD: { secretKeyRef: { name: 'cache-credentials', key: 'password' } },
    });
    expect(rules(documents, 'upload', 'egress', 6379)).toHaveLength(1);
    expect(rules(documents, 'queue', 'ingress', 6379)).toHaveLength(1);
  });

  test('knows the service by a Secret, which no file of ours holds', () => {
    const chart = environmentChart();
    const secret = Secret.fromSecretName(chart, 'Secret', 'broker');
    const value = (key: string) => EnvValue.fromSecretValue({ secret, key });
    const credentials = { user: value('user'), password: value('password') };
    const tls = { secret, ca: 'ca.crt' };
    const { contract } = exampleService(chart, { publish: { ...exampleStream(chart), credentials, tls } });
    const documents = documentsOf(chart);
    expect(contract.publish?.jetstream).toMatchObject({
      credentials: { userVariable: 'CAPSTAN_USER', passwordVariable: 'CAPSTAN_PASSWORD' },
      tls: { caFile: '/etc/capstan-access/tls/ca.crt' },
    });
    expect(variables(documents, 'upload')).toMatchObject({
      CAPSTAN_PASSWORD: { secretKeyRef: { name: 'broker', key: 'password' } },
    });
    const [container] = find(documents, 'Deployment').spec.template.spec.containers;
    const paths = container.volumeMounts.map((it: Document) => it.mountPath);
    expect(paths).toContain('/etc/capstan-access/tls');
  });
});

test('a shared resource is told what the service holds at its peak', () => {
  const claims: unknown[] = [];
  const chart = environmentChart();
  const budget = { name: 'catalog', limit: 5000, claim: (claim: unknown) => claims.push(claim) };
  const { plan } = exampleService(chart, { downstream: [budget] });
  expect(claims).toEqual([{ path: 'darkroom/photos/upload', peak: plan.downstream[0]?.peak.value }]);
});
