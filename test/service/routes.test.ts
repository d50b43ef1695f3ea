import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Certificate, EnvironmentProps, Protocol, WebServiceProps } from '../../lib';
import { formatDocumentProblem, validateDocuments } from '../../lib/schema';
import { routeDuration } from '../../lib/service/expose/route-duration';
import { type Document, find } from '../worker/example-worker';
import { exampleProps, GATEWAY, INGRESS, serviceDocuments } from './example-service';

const host = 'photos.example.com';
const grpcHost = 'grpc.example.com';
const PROTOCOLS: readonly Protocol[] = ['http', 'grpc', 'grpc-web'];

/** Every set of protocols that a service may speak. */
const spoken = [1, 2, 3, 4, 5, 6, 7].map((bits) => PROTOCOLS.filter((_, index) => bits & (1 << index)));

const isMixed = (protocols: readonly Protocol[]) => protocols.includes('grpc') && protocols.length > 1;

const kinds = (documents: readonly Document[]) => documents.map((it) => it.kind);

/** The port of the Service that something leads to. */
function backing(documents: readonly Document[], name: string) {
  const service = find(documents, 'Service', name);
  expect(service.spec.ports).toHaveLength(1);
  return service.spec.ports[0];
}

describe.each(spoken.map((protocols) => [protocols.join(', '), protocols] as const))(
  'a service that speaks %s',
  (_, protocols) => {
    const hosts = isMixed(protocols) ? [{ host }, { host, grpcHost }] : [{ host }];

    test.each(hosts)('behind a gateway, exposed as %j', (expose) => {
      const documents = serviceDocuments({ protocols, expose }, GATEWAY);
      const routes = documents.filter((it) => it.apiVersion === 'gateway.networking.k8s.io/v1');
      const port = backing(documents, 'upload');
      expect(kinds(documents)).not.toContain('Ingress');
      const isGrpcOnly = protocols.join() === 'grpc';
      const expected = [
        ...(isGrpcOnly ? [] : [['HTTPRoute', [host]]]),
        ...(isGrpcOnly ? [['GRPCRoute', [host]]] : []),
        ...('grpcHost' in expose ? [['GRPCRoute', [grpcHost]]] : []),
      ];
      expect(routes.map((it) => [it.kind, it.spec.hostnames])).toEqual(expected);
      for (const { metadata, spec } of routes) {
        expect(metadata).toMatchObject({ name: 'upload', namespace: 'darkroom' });
        expect(spec.parentRefs).toEqual([
          {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: 'public',
            namespace: 'gateways',
            sectionName: 'https',
          },
        ]);
        for (const { backendRefs } of spec.rules) {
          expect(backendRefs).toEqual([
            { group: '', kind: 'Service', name: 'upload', port: port.port, weight: 1 },
          ]);
        }
      }
    });

    test.each(hosts)('behind an ingress controller, exposed as %j', (expose) => {
      const documents = serviceDocuments({ protocols, expose }, INGRESS);
      const port = backing(documents, 'upload');
      const { metadata, spec } = find(documents, 'Ingress');
      expect(metadata.annotations).toEqual({ 'cert-manager.io/cluster-issuer': 'letsencrypt' });
      expect(spec.ingressClassName).toBe('traefik');
      expect(spec.rules.map((rule: Document) => rule.host)).toEqual(Object.values(expose));
      expect(spec.tls).toEqual([{ hosts: Object.values(expose), secretName: 'upload-tls' }]);
      for (const rule of spec.rules) {
        expect(rule.http.paths).toEqual([
          {
            backend: { service: { name: 'upload', port: { name: port.name } } },
            path: '/',
            pathType: 'Prefix',
          },
        ]);
      }
    });

    test('tells who routes by it what is spoken on the one port', () => {
      const documents = serviceDocuments({ protocols });
      const port = backing(documents, 'upload');
      expect(port.appProtocol).toBe(protocols.includes('grpc') ? 'kubernetes.io/h2c' : 'http');
      const [container] = find(documents, 'Deployment').spec.template.spec.containers;
      const [http] = container.ports;
      expect(port.targetPort).toBe(http.name);
      const contract = JSON.parse(find(documents, 'ConfigMap').data['service.json']);
      expect(contract.http.port).toBe(http.containerPort);
      expect(contract.protocols).toHaveLength(protocols.length);
    });

    test('is valid in every supported version, Gateway API included', () => {
      const props: Partial<WebServiceProps> = { protocols, expose: hosts.at(-1) ?? { host } };
      for (const place of [GATEWAY, INGRESS]) {
        const { problems, unchecked } = validateDocuments(serviceDocuments(props, place));
        expect(problems.map(formatDocumentProblem)).toEqual([]);
        expect(unchecked).toEqual([]);
      }
    });
  },
);

test('the check of documents finds a planted mistake in a route', () => {
  const documents = serviceDocuments({ expose: { host } }, GATEWAY);
  find(documents, 'HTTPRoute').spec.rules[0].matches[0].path.type = 'Prefix';
  const { problems } = validateDocuments(documents);
  expect(problems.map(({ pointer }) => pointer)).toEqual(['/spec/rules/0/matches/0/path/type']);
});

describe('paths', () => {
  const expose = { host, paths: ['/api', '/upload'] };

  test('are matched as prefixes by one rule of the route', () => {
    const { spec } = find(serviceDocuments({ expose }, GATEWAY), 'HTTPRoute');
    expect(spec.rules).toHaveLength(1);
    expect(spec.rules[0].matches).toEqual([
      { path: { type: 'PathPrefix', value: '/api' } },
      { path: { type: 'PathPrefix', value: '/upload' } },
    ]);
  });

  test('are paths of the host, and not of the host of gRPC', () => {
    const props: Partial<WebServiceProps> = { expose: { ...expose, grpcHost }, protocols: ['http', 'grpc'] };
    const paths = (rule: Document) => rule.http.paths.map((it: Document) => it.path);
    const { rules } = find(serviceDocuments(props, INGRESS), 'Ingress').spec;
    expect(rules.map(paths)).toEqual([expose.paths, ['/']]);
    const route = find(serviceDocuments(props, GATEWAY), 'GRPCRoute');
    expect(route.spec.rules[0]).not.toHaveProperty('matches');
  });
});

describe('the certificate of an Ingress', () => {
  const ingressOf = (tls: Certificate | 'none' | undefined, own: Certificate | 'none' | undefined) => {
    const entry = { kind: 'ingress', class: 'traefik', ...(tls !== undefined && { tls }) } as const;
    const expose = { host, ...(own !== undefined && { tls: own }) };
    return find(serviceDocuments({ expose }, { entry }), 'Ingress');
  };

  test.each<[string, Certificate, Record<string, string> | undefined, string]>([
    ['a Secret', { secretName: 'wildcard' }, undefined, 'wildcard'],
    ['an issuer', { issuer: 'own' }, { 'cert-manager.io/issuer': 'own' }, 'upload-tls'],
    [
      'an issuer of the cluster',
      { clusterIssuer: 'all' },
      { 'cert-manager.io/cluster-issuer': 'all' },
      'upload-tls',
    ],
  ])('comes from %s, of the environment or of the service', (_, tls, annotations, secretName) => {
    for (const { metadata, spec } of [ingressOf(tls, undefined), ingressOf('none', tls)]) {
      expect(metadata.annotations).toEqual(annotations);
      expect(spec.tls).toEqual([{ hosts: [host], secretName }]);
    }
  });

  test('is left out where TLS is said to be none', () => {
    for (const it of [ingressOf('none', undefined), ingressOf({ issuer: 'own' }, 'none')]) {
      expect(it.spec).not.toHaveProperty('tls');
      expect(it.metadata).not.toHaveProperty('annotations');
    }
  });

  test('leaves annotations of the program beside its own', () => {
    const expose = { host, annotations: { 'traefik.ingress.kubernetes.io/router.priority': '10' } };
    expect(find(serviceDocuments({ expose }, INGRESS), 'Ingress').metadata.annotations).toEqual({
      'cert-manager.io/cluster-issuer': 'letsencrypt',
      ...expose.annotations,
    });
    expect(find(serviceDocuments({ expose }, GATEWAY), 'HTTPRoute').metadata.annotations).toEqual(
      expose.annotations,
    );
  });
});

describe('the timeout of a route', () => {
  const timeout = (place: EnvironmentProps) =>
    find(serviceDocuments({ expose: { host } }, place), 'HTTPRoute').spec.rules[0].timeouts;
  const gateway = (more: object, cloud?: EnvironmentProps['cloud']): EnvironmentProps => ({
    entry: { kind: 'gateway', name: 'public', ...more },
    ...(cloud && { cloud }),
  });

  test('covers the longest wait and the longest request', () => {
    expect(timeout(gateway({}))).toEqual({ request: '11s' }); // 80 ms + 10 s
  });

  test('is left out where the gateway does not know it: on gcp, whose gateway refuses such routes', () => {
    expect(timeout(gateway({}, 'gcp'))).toBeUndefined();
    expect(timeout(gateway({ timeouts: true }, 'gcp'))).toEqual({ request: '11s' });
    expect(timeout(gateway({ timeouts: false }))).toBeUndefined();
  });

  test('is written as the Gateway API reads it, and never below what was meant', () => {
    const units = { h: 3600, m: 60, s: 1 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 7 * 24 * 3600, noNaN: true }), (seconds) => {
        const text = routeDuration(seconds);
        expect(text).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
        const parts = [...text.matchAll(/(\d+)([hms])/g)];
        const read = parts.reduce(
          (sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units],
          0,
        );
        expect(read).toBe(Math.max(1, Math.ceil(seconds)));
      }),
    );
  });
});

describe('a load balancer', () => {
  const serviceOf = (loadBalancer: WebServiceProps['loadBalancer'], cloud: EnvironmentProps['cloud']) =>
    find(
      serviceDocuments(loadBalancer === undefined ? {} : { loadBalancer }, { cloud: cloud ?? 'bare' }),
      'Service',
      'upload',
    );

  test("is asked for in the cloud's own words", () => {
    const external = serviceOf({}, 'aws');
    expect(external.spec.type).toBe('LoadBalancer');
    expect(external.metadata.annotations).toMatchObject({
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing',
    });
    expect(serviceOf({ reach: 'internal' }, 'gcp').metadata.annotations).toEqual({
      'networking.gke.io/load-balancer-type': 'Internal',
    });
    expect(serviceOf({}, 'bare').metadata).not.toHaveProperty('annotations');
  });

  test('takes connections from the ranges that are named, and the annotations of the program win', () => {
    const annotations = { 'cloud.google.com/l4-rbs': 'disabled', own: 'yes' };
    const service = serviceOf({ from: ['203.0.113.0/24'], annotations }, 'gcp');
    expect(service.spec.loadBalancerSourceRanges).toEqual(['203.0.113.0/24']);
    expect(service.metadata.annotations).toEqual(annotations);
    expect(serviceOf({}, 'gcp').spec).not.toHaveProperty('loadBalancerSourceRanges');
  });

  test('is not there unless asked for', () => {
    expect(serviceOf(undefined, 'aws').spec.type).toBe('ClusterIP');
    expect(serviceOf(undefined, 'aws').metadata).not.toHaveProperty('annotations');
  });
});

test.each([
  ['1.32', 'PreferClose'],
  ['1.33', 'PreferClose'],
  ['1.34', 'PreferSameZone'],
])('calls stay in a zone in the words of Kubernetes %s', (oldest, word) => {
  const place = { kubernetes: { oldest } };
  const documents = serviceDocuments({ trafficDistribution: 'same-zone' }, place);
  expect(find(documents, 'Service', 'upload').spec.trafficDistribution).toBe(word);
  expect(validateDocuments(documents, { kubernetes: { oldest } }).problems).toEqual([]);
  expect(find(serviceDocuments({}, place), 'Service', 'upload').spec).not.toHaveProperty(
    'trafficDistribution',
  );
});

test('what comes from outside is served longer after SIGTERM', () => {
  const grace = (props: Partial<WebServiceProps>, place: EnvironmentProps = {}) =>
    find(serviceDocuments(props, place), 'Deployment').spec.template.spec.terminationGracePeriodSeconds;
  const inside = grace({});
  expect(grace({ expose: { host } }, GATEWAY)).toBe(inside + 10);
  expect(grace({ loadBalancer: {} })).toBe(inside + 10);
  expect(exampleProps.shutdown).toBeUndefined();
});
