import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { CapstanApp, Environment, type EnvironmentProps, SpecError } from '../../lib';

function documentsOf(props: EnvironmentProps = {}, id = 'staging') {
  const environment = new Environment(new App(), id, props);
  return environment.node
    .findAll()
    .filter(Chart.isChart)
    .flatMap((chart) => Testing.synth(chart));
}

function linesOf(props: EnvironmentProps, id = 'staging'): string[] {
  const app = new CapstanApp();
  new Environment(app, id, props);
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split('\n');
  }
}

describe('an environment', () => {
  test('is found from every construct below it, the nearest one first', () => {
    const environment = new Environment(new App(), 'staging', { namespace: 'studio' });
    const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
    const object = new ApiObject(chart, 'Object', { apiVersion: 'v1', kind: 'ConfigMap' });
    expect(Environment.of(object)).toBe(environment);
    expect(Environment.of(environment)).toBe(environment);
    expect(object.metadata.namespace).toBe('studio');
  });

  test('fails with what to do where there is none', () => {
    const chart = new Chart(new App(), 'studio');
    expect(Environment.find(chart)).toBeUndefined();
    expect(() => Environment.of(chart)).toThrow(
      /^studio: must stand in an Environment, got none around it\. /,
    );
  });

  test('makes its namespaces, each with its Pod Security level and closed to all traffic', () => {
    const documents = documentsOf({
      namespace: 'studio',
      namespaces: [{ name: 'agents', podSecurity: 'privileged' }],
    });
    const byKind = (kind: string) => documents.filter((document) => document.kind === kind);
    const levels = byKind('Namespace').map(({ metadata }) => [
      metadata.name,
      metadata.labels['pod-security.kubernetes.io/enforce'],
      metadata.namespace,
    ]);
    expect(levels).toEqual([
      ['studio', 'restricted', undefined],
      ['agents', 'privileged', undefined],
    ]);
    const policies = byKind('NetworkPolicy');
    expect(policies.map(({ metadata }) => metadata.namespace)).toEqual(['studio', 'agents']);
    for (const { spec } of policies) {
      expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
  });

  test("takes the app's settings where it has none of its own", () => {
    const app = new CapstanApp({ registry: 'registry.example.com', cluster: { oldest: '1.35' } });
    expect(new Environment(app, 'one')).toMatchObject({
      registry: 'registry.example.com',
      kubernetes: { oldest: '1.35' },
      namespace: 'one',
    });
    expect(new Environment(app, 'two', { registry: 'other.example.com' }).registry).toBe('other.example.com');
  });
});

describe('fails', () => {
  test.each<[string, EnvironmentProps, RegExp]>([
    [
      'for a namespace that is none',
      { namespace: 'A b' },
      /^staging: namespace must be a name .*, got "A b"\. /,
    ],
    [
      'for a namespace that exists twice',
      { namespaces: [{ name: 'staging' }] },
      /^staging: namespaces\[0\]\.name must differ from every other namespace .*, got staging\. /,
    ],
    [
      'for a version with a patch',
      { kubernetes: { newest: '1.37.1' } },
      /^staging: kubernetes\.newest must be a minor version such as 1\.32, got "1\.37\.1"\. /,
    ],
    [
      'for a range that ends before it begins',
      { kubernetes: { oldest: '1.37', newest: '1.32' } },
      /^staging: kubernetes\.oldest must be 1\.32 \(kubernetes\.newest\) or older, got 1\.37\. /,
    ],
  ])('%s', (_, props, line) => {
    expect(linesOf(props)).toEqual([expect.stringMatching(line)]);
  });
});

describe('the entry of an environment', () => {
  test.each<[string, EnvironmentProps['entry'], RegExp]>([
    [
      'a Gateway without a name',
      { kind: 'gateway', name: '' },
      /^staging: entry\.name must be the name of an object: .*, got ""\. Name it/,
    ],
    [
      'a namespace that is none',
      { kind: 'gateway', name: 'public', namespace: 'Gateways' },
      /^staging: entry\.namespace must be .*, got "Gateways"\. /,
    ],
    [
      'a listener that is none',
      { kind: 'gateway', name: 'public', listener: 'a b' },
      /^staging: entry\.listener must be .*, got "a b"\. /,
    ],
    [
      'a class that is none',
      { kind: 'ingress', class: 'Traefik' },
      /^staging: entry\.class must be .*, got "Traefik"\. /,
    ],
    [
      'an issuer that is none',
      { kind: 'ingress', class: 'traefik', tls: { clusterIssuer: "Let's Encrypt" } },
      /^staging: entry\.tls\.clusterIssuer must be .*, got "Let's Encrypt"\. /,
    ],
    [
      'requests from what is no range',
      { kind: 'gateway', name: 'public', from: [{ all: 'cluster' }, { cidr: '10.0.0.0' }] },
      /^staging: entry\.from\[1\]\.cidr must be a range .*, got "10\.0\.0\.0"\. /,
    ],
  ])('fails for %s', (_, entry, line) => {
    const lines = linesOf({ ...(entry !== undefined && { entry }) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });

  test('may be any that a cluster can have', () => {
    expect(linesOf({ entry: { kind: 'gateway', name: 'public.eu', listener: 'https' } })).toEqual([]);
    expect(linesOf({ entry: { kind: 'ingress', class: 'traefik', tls: 'none' } })).toEqual([]);
  });
});

test.each(['x', '', 'v1.32', '1.32.5'])(
  'fails for an app whose oldest cluster is %j, without any worker',
  (oldest) => {
    const app = new CapstanApp({ cluster: { oldest } });
    new Chart(app, 'studio');
    expect(() => app.documents()).toThrow(
      `cluster.oldest must be a minor version such as 1.32, got ${JSON.stringify(oldest)}. Give the version`,
    );
  },
);
