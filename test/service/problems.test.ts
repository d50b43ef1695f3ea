import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { EnvValue, Volume } from 'cdk8s-plus-27';
import { Environment, type EnvironmentProps, GoApp, type WebServiceProps } from '../../lib';
import { linesOfError, problemLines } from '../problem-lines';
import { exampleRedis } from '../stateful/redis/example-redis';
import { exampleApp } from '../worker/example-worker';
import { exampleProps, exampleService, exampleStream, GATEWAY, INGRESS } from './example-service';

/** The lines of the error that a synth of the example service with other props ends in. */
function linesOf(props: Partial<WebServiceProps>, place: EnvironmentProps = {}, id = 'upload'): string[] {
  const app = exampleApp();
  const environment = new Environment(app, 'darkroom', place);
  return linesOfError(() => {
    exampleService(new Chart(environment, 'photos', { namespace: 'darkroom' }), props, id);
    app.documents();
  });
}

const host = 'photos.example.com';
const { scale, request } = exampleProps;

type Row = [name: string, props: Partial<WebServiceProps>, line: RegExp, place?: EnvironmentProps];

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  const rows: readonly Row[] = [
    [
      'when the longest request does not fit into the grace period',
      { shutdown: { gracePeriod: Duration.seconds(10) } },
      /^darkroom\/photos\/upload: shutdown\.gracePeriod must be 19 s or more.*longest wait.*, got 10 s\. Raise it/,
    ],
    [
      'when no pod is there for a request',
      { scale: { ...scale, min: 0 } },
      /: scale\.min must be a whole number of 1 or more, got 0\. Give/,
    ],
    [
      'when the latency is shorter than a request',
      { latency: Duration.millis(10) },
      /: latency must be 20 ms or more, .*, got 10 ms\. Raise/,
    ],
    [
      'when the peak is above a downstream budget',
      { downstream: [{ name: 'catalog', limit: 20 }] },
      /: downstream\[0\] must take what the service holds .*catalog, got 20\. /,
    ],
    [
      'when no protocol is spoken',
      { protocols: [] },
      /: protocols must be one or more of http, grpc, grpc-web, each once, got none\. Leave it out/,
    ],
    [
      'when a protocol is spoken twice',
      { protocols: ['http', 'http'] },
      /: protocols must be .*, got "http", "http"\. /,
    ],
    [
      'when a protocol is none',
      { protocols: ['http', 'ftp'] as never },
      /: protocols\[1\] must be .*, got "ftp"\. /,
    ],
    [
      'when a gRPC message does not fit into the memory of a request',
      { protocols: ['grpc'], request: { ...request, maxBody: Size.mebibytes(4) } },
      /: request\.memory\.perRequest must be 4 MiB \(request\.maxBody\) or more with gRPC.*, got 2 MiB\. Raise/,
    ],
    [
      'when a body is larger than any memory',
      { request: { ...request, maxBody: Size.tebibytes(65) } },
      /: request\.maxBody must be 65,536 GiB or less, got .*\. Give/,
    ],
    [
      'when the port is none',
      { port: 70_000 },
      /: port must be a whole number from 1 to 65535, got 70000\. /,
    ],
    [
      'when a readiness gate is no condition',
      { readinessGates: ['example.com/lb', 'not a condition'] },
      /: readinessGates\[1\] must be the type of a condition, .*, got "not a condition"\. Name/,
    ],
    [
      'when a readiness gate is named twice',
      { readinessGates: ['example.com/lb', 'example.com/lb'] },
      /: readinessGates\[1\] must be .*, got "example\.com\/lb"\. /,
    ],
    [
      'when calls are to stay on a node where clusters do not know that',
      { trafficDistribution: 'same-node' },
      /: trafficDistribution must be known .* 1\.34 on, got 'same-node' with 1\.32 \(the default\) as the oldest\. Take/,
    ],
    [
      'when the program sets a planned variable',
      { env: { GOMAXPROCS: EnvValue.fromValue('1') }, resources: { cpu: { limit: 'none' } } },
      /: env\.GOMAXPROCS must be left to the plan, got a value of the program\. /,
    ],
    [
      "when the program sets a variable of the broker's client",
      { env: { CAPSTAN_PASSWORD: EnvValue.fromValue('1') } },
      /: env\.CAPSTAN_PASSWORD must be left to Capstan, .*\. .* publish\.credentials\.$/,
    ],
    [
      'when a folder is relative',
      { folders: { output: 'out' } },
      /: folders\.output must be .*, got "out"\. /,
    ],
    ['when a setting is no text', { settings: { a: 3 } as never }, /: settings\.a must be a text, got 3\. /],
    [
      'when the settings do not fit into a ConfigMap',
      { settings: { text: 'a'.repeat(2 ** 20) } },
      /: settings must leave .* 1,048,576 B .* or less, got 1,04\d,\d+ B\. /,
    ],
    [
      'when egress names no port',
      { egress: [{ cidr: '0.0.0.0/0', ports: [] }] },
      /: egress\[0\]\.ports must be .*, got \[\]\. /,
    ],
    [
      'when the app is no service',
      { app: GoApp.fromDirectory('apps/upload') },
      /: app must be a service, got apps\/upload, which is a worker\. /,
    ],
    [
      'when the node pool is unknown',
      { nodePool: 'batch' },
      /: nodePool must be one of the environment's nodePools \(it has none\), got "batch"\. /,
    ],
    [
      'when the environment has no entry',
      { expose: { host } },
      /: expose must come with an entry .*, got none in darkroom\. Give the Environment entry: .*loadBalancer\.$/,
    ],
    ...['', 'Photos.example.com', 'https://photos.example.com', 'photos.example.com:80', '10.1.2.3', '*'].map(
      (wrong): Row => [
        `when the host is "${wrong}"`,
        { expose: { host: wrong } },
        /: expose\.host must be a DNS name in lower case, .*, got ".*"\. Write/,
        GATEWAY,
      ],
    ),
    ...['api', '', '/a//b', '/a/../b', '/a/.', '/a%2Fb', '/a?b', '/a b'].map(
      (path): Row => [
        `when a path is "${path}"`,
        { expose: { host, paths: ['/', path] } },
        /: expose\.paths\[1\] must be a path from \/ on, .*, got ".*"\. Write/,
        GATEWAY,
      ],
    ),
    [
      'when a path is named twice',
      { expose: { host, paths: ['/a', '/a'] } },
      /: expose\.paths\[1\] must be named once, got \/a\. Leave it out\.$/,
      INGRESS,
    ],
    [
      'when no path is left',
      { expose: { host, paths: [] } },
      /: expose\.paths must be one path or more, got none\. /,
      GATEWAY,
    ],
    [
      'when gRPC alone has paths',
      { expose: { host, paths: ['/api'] }, protocols: ['grpc'] },
      /: expose\.paths must be left out with gRPC alone, .*, got \/api\. /,
      GATEWAY,
    ],
    [
      'when there is a host for gRPC, which is not spoken',
      { expose: { host, grpcHost: 'grpc.example.com' } },
      /: expose\.grpcHost must be left out unless gRPC is spoken beside another protocol, got http\. /,
      GATEWAY,
    ],
    [
      'when gRPC alone has a host of its own',
      { expose: { host, grpcHost: 'grpc.example.com' }, protocols: ['grpc'] },
      /: expose\.grpcHost must be left out unless .*, got grpc\. /,
      GATEWAY,
    ],
    [
      'when the host of gRPC is none',
      { expose: { host, grpcHost: 'a_b' }, protocols: ['http', 'grpc'] },
      /: expose\.grpcHost must be a DNS name .*, got "a_b"\. /,
      GATEWAY,
    ],
    [
      'when the certificate is named for a gateway, whose listener has it',
      { expose: { host, tls: { secretName: 'photos-tls' } } },
      /: expose\.tls must be left out with a gateway: .*, got secretName\. .* listener https of Gateway public\.$/,
      GATEWAY,
    ],
    [
      'when nothing says where the certificate comes from',
      { expose: { host } },
      /: expose\.tls must say where the certificate comes from, got nothing, .*\. Give .* or 'none' for plain HTTP\.$/,
      { entry: { kind: 'ingress', class: 'traefik' } },
    ],
    [
      'when the certificate has no name',
      { expose: { host, tls: { secretName: 'My Secret' } } },
      /: expose\.tls\.secretName must be the name of an object.*, got "My Secret"\. /,
      INGRESS,
    ],
    [
      'when gRPC meets an Ingress whose controller is not known to take it',
      { expose: { host }, protocols: ['grpc'] },
      /: protocols must be without grpc behind the IngressClass traefik: .*, got grpc\. Take a gateway, or set grpc: true/,
      { entry: { kind: 'ingress', class: 'traefik', tls: 'none' } },
    ],
    [
      'when an annotation is for a controller that is retired',
      { expose: { host, annotations: { 'nginx.ingress.kubernetes.io/rewrite-target': '/' } } },
      /: expose\.annotations\["nginx\..*"\] must be one of a controller that is maintained; .*, got nginx\..*\. Say/,
      INGRESS,
    ],
    [
      'when an annotation names the class',
      { expose: { host, annotations: { 'kubernetes.io/ingress.class': 'traefik' } } },
      /: expose\.annotations\["kubernetes\.io\/ingress\.class"\] must be one of a controller .*\. /,
      INGRESS,
    ],
    [
      'when a load balancer for few would be one for all',
      { loadBalancer: { reach: 'internal' } },
      /: loadBalancer\.reach must be 'external' where .*, got 'internal' with cloud 'bare'\. Name the cloud/,
    ],
    [
      'when a load balancer takes connections from what is no range',
      { loadBalancer: { from: ['10.0.0.0/8', 'office'] } },
      /: loadBalancer\.from\[1\] must be a range of .*, got "office"\. Write/,
    ],
  ];

  test.each(rows.map(([name, ...row]) => [name, row] as const))('%s', (_, [props, line, place]) => {
    const lines = linesOf(props, place);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^darkroom\/photos\/upload: /);
    expect(lines[0]).toMatch(line);
  });

  test('when the id is no name', () => {
    expect(linesOf({}, {}, 'Upload_1')[0]).toMatch(
      /Upload_1: id must be a name .*, got "Upload_1"\. .* of the service's objects\.$/,
    );
  });

  test('when a volume stands where the configuration does', () => {
    const volume = Volume.fromEmptyDir(new Chart(exampleApp(), 'volumes'), 'Volume', 'data');
    expect(linesOf({ volumes: [{ path: '/etc/capstan', volume }] })).toEqual([
      expect.stringMatching(
        /: volumes\[0\]\.path must be a path that nothing else .*, got \/etc\/capstan\. /,
      ),
    ]);
  });

  test('when a service outside of an environment is to be reached from outside', () => {
    const app = exampleApp();
    const props = { expose: { host }, loadBalancer: { reach: 'internal' as const } };
    exampleService(new Chart(app, 'photos', { namespace: 'darkroom' }), props);
    expect(problemLines(app)).toEqual([
      expect.stringMatching(/: expose must come with .*, got no Environment around the service\. /),
      expect.stringMatching(/: loadBalancer\.reach must .*, got 'internal' outside of an Environment\. /),
    ]);
  });

  test('when the stream is reached with a password in plain text', () => {
    const app = exampleApp();
    const chart = new Chart(new Environment(app, 'darkroom'), 'photos', { namespace: 'darkroom' });
    const credentials = { password: EnvValue.fromValue('secret') };
    exampleService(chart, { publish: { ...exampleStream(chart), credentials } });
    expect(problemLines(app)).toEqual([
      expect.stringMatching(/: publish\.credentials\.password must come from a Secret.*, got a text\. /),
      expect.stringMatching(/: publish\.credentials\.user must come with a password, got none\. /),
    ]);
  });
});

describe('a stream to publish to fails', () => {
  test.each([
    ['without servers', { servers: [] }, /: publish\.servers must be one address or more, got none\. /],
    [
      'with a user in an address',
      { servers: ['nats://u:p@broker:4222'] },
      /: publish\.servers\[0\] must be /,
    ],
    ['with a name that is none', { stream: 'my photos' }, /: publish\.stream must be .*, got "my photos"\. /],
    [
      'with a wildcard',
      { subject: 'photos.*' },
      /: publish\.subject must be .*without wildcards, got "photos\.\*"\. /,
    ],
  ])('%s', (_, change, line) => {
    const app = exampleApp();
    const chart = new Chart(new Environment(app, 'darkroom'), 'photos', { namespace: 'darkroom' });
    exampleService(chart, { publish: { ...exampleStream(chart), ...change } });
    const lines = problemLines(app);
    expect(lines).toEqual([expect.stringMatching(line)]);
  });
});

test.each([
  ['with no room', { capacity: 0 }, /: publish\.capacity must be a whole number of 1 or more, got 0\. /],
  [
    'with a window that is none',
    { duplicateWindow: Duration.millis(0) },
    /: publish\.duplicateWindow must be from 1 ms to a year, got 0 s\. /,
  ],
])('fails to publish to a stream of Redis %s', (_, bounds, line) => {
  const app = exampleApp();
  const chart = new Chart(new Environment(app, 'darkroom'), 'photos', { namespace: 'darkroom' });
  const queue = exampleRedis(chart, { storage: Size.gibibytes(1) }, 'queue').stream('photos');
  exampleService(chart, { publish: queue.publisher(bounds) });
  expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
});

describe('services of one environment fail', () => {
  type Second = Partial<WebServiceProps>;
  const both = (first: Second, second: Second, place: EnvironmentProps) => {
    const app = exampleApp();
    const environment = new Environment(app, 'darkroom', place);
    const chart = new Chart(environment, 'photos', { namespace: 'darkroom' });
    exampleService(chart, first, 'first');
    exampleService(chart, second, 'second');
    return problemLines(app);
  };

  test.each([
    ['a gateway', GATEWAY],
    ['an ingress controller', INGRESS],
  ])('when they are reached under the same host and path of %s', (_, place) => {
    const expose = { host, paths: ['/a', '/b'] };
    expect(both({ expose }, { expose: { host, paths: ['/c', '/b'] } }, place)).toEqual([
      expect.stringMatching(
        /^darkroom\/photos\/second: expose\.host must be reached under a path of its own, got photos\.example\.com\/b, which is darkroom\/photos\/first's\. Take/,
      ),
    ]);
    expect(both({ expose }, { expose: { host, paths: ['/c'] } }, place)).toEqual([]);
    expect(both({ expose }, { expose: { ...expose, host: 'other.example.com' } }, place)).toEqual([]);
  });

  test.each([
    ['the same host', host],
    ['a wildcard around it', '*.example.com'],
  ])('when one has a GRPCRoute and the other an HTTPRoute for %s', (_, other) => {
    const grpc: Second = { expose: { host: other }, protocols: ['grpc'] };
    const http: Second = { expose: { host, paths: ['/a'] } };
    const line =
      /^darkroom\/photos\/second: expose\.host must be for one kind of route, .*, got HTTP for .*, and gRPC for .* of darkroom\/photos\/first\. Give/;
    expect(both(grpc, http, GATEWAY)).toEqual([expect.stringMatching(line)]);
    expect(both(http, grpc, GATEWAY)).toHaveLength(1);
    expect(both({ ...grpc, expose: { host: 'grpc.example.com' } }, http, GATEWAY)).toEqual([]);
    expect(both({ ...grpc, expose: { host: 'example.com' } }, http, GATEWAY)).toEqual([]);
  });

  test('when the host of gRPC is one of its own for HTTP', () => {
    const protocols: Second['protocols'] = ['http', 'grpc'];
    const expose = { host: '*.example.com', grpcHost: 'grpc.example.com' };
    expect(both({ expose, protocols }, {}, GATEWAY)).toEqual([
      expect.stringMatching(/first: expose\.grpcHost must be for one kind of route/),
    ]);
    expect(both({ expose, protocols }, {}, INGRESS)).toEqual([]);
  });

  test('only when they are in one environment', () => {
    const app = exampleApp();
    for (const name of ['staging', 'production']) {
      const environment = new Environment(app, name, GATEWAY);
      const chart = new Chart(environment, 'photos', { namespace: name });
      exampleService(chart, { expose: { host } });
    }
    expect(problemLines(app)).toEqual([]);
  });
});

test('what is close to a mistake is accepted', () => {
  const near: [Partial<WebServiceProps>, EnvironmentProps][] = [
    [{ expose: { host: '*.example.com', paths: ['/', '/a/b.c', '/a/..b'] } }, GATEWAY],
    [{ expose: { host }, protocols: ['http', 'grpc', 'grpc-web'] }, INGRESS],
    [{ expose: { host, tls: 'none', annotations: { 'traefik.io/router': 'a' } } }, INGRESS],
    [{ protocols: ['grpc'], request: { ...request, maxBody: Size.mebibytes(2) } }, {}],
    [{ trafficDistribution: 'same-node' }, { kubernetes: { oldest: '1.34' } }],
    [{ readinessGates: ['ready', 'target-health.elbv2.k8s.aws/abc'] }, {}],
    [{ loadBalancer: { reach: 'internal' } }, { cloud: 'gcp' }],
    [{ loadBalancer: { reach: 'internal', annotations: { 'metallb.io/address-pool': 'inside' } } }, {}],
    [{ loadBalancer: { from: ['203.0.113.0/24', 'fd00::/8'] }, port: 443 }, {}],
  ];
  for (const [props, place] of near) expect(linesOf(props, place)).toEqual([]);
});
