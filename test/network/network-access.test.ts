import { describe, expect, test } from '@jest/globals';
import { App, Chart, Testing } from 'cdk8s';
import { CapstanApp, type Endpoint, NetworkAccess, SpecError } from '../../lib';

function accessIn(namespace: string, id: string, app = new App()) {
  const chart = new Chart(app, `${namespace}-${id}`, { namespace });
  return { chart, access: new NetworkAccess(chart, id, { pods: { app: id } }) };
}

function specOf(chart: Chart) {
  return Testing.synth(chart)[0].spec;
}

const tcp = (port: number) => ({ port, protocol: 'TCP' });

describe('NetworkAccess', () => {
  test('closes pods in both directions, but for names', () => {
    const { chart } = accessIn('studio', 'resize');
    expect(specOf(chart)).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(specOf(chart)).not.toHaveProperty('ingress');
    expect(specOf(chart).egress).toHaveLength(1);
  });

  test('leaves out what an API server would drop: lists without a rule', () => {
    const chart = new Chart(new App(), 'studio-resize', { namespace: 'studio' });
    new NetworkAccess(chart, 'resize', { pods: { app: 'resize' }, dns: false });
    expect(specOf(chart)).toEqual({
      podSelector: { matchLabels: { app: 'resize' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  test('opens both sides of a call within a namespace', () => {
    const app = new App();
    const resize = accessIn('studio', 'resize', app);
    const catalog = accessIn('studio', 'catalog', app);
    const endpoint: Endpoint = { name: 'catalog', host: 'catalog', port: 5432, at: catalog.access };
    resize.access.allowCall(endpoint).allowCall(endpoint);
    expect(specOf(resize.chart).egress.slice(1)).toEqual([
      { ports: [tcp(5432)], to: [{ podSelector: { matchLabels: { app: 'catalog' } } }] },
    ]);
    expect(specOf(catalog.chart).ingress).toEqual([
      { ports: [tcp(5432)], from: [{ podSelector: { matchLabels: { app: 'resize' } } }] },
    ]);
  });

  test("names the other side's namespace in a call between namespaces", () => {
    const app = new App();
    const resize = accessIn('studio', 'resize', app);
    const catalog = accessIn('data', 'catalog', app);
    resize.access.allowCall({ name: 'catalog', host: 'catalog', port: 5432, at: catalog.access });
    const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
    expect(specOf(resize.chart).egress[1].to[0].namespaceSelector).toEqual(named('data'));
    expect(specOf(catalog.chart).ingress[0].from[0].namespaceSelector).toEqual(named('studio'));
  });

  test('opens the way to addresses that Capstan does not deploy', () => {
    const { chart, access } = accessIn('studio', 'resize');
    access.allowCall({ name: 'pay', host: 'pay.example.com', port: 443, at: { cidr: '203.0.113.0/24' } });
    expect(specOf(chart).egress[1]).toEqual({
      ports: [tcp(443)],
      to: [{ ipBlock: { cidr: '203.0.113.0/24' } }],
    });
  });

  test('opens to every pod of the namespace or of the cluster', () => {
    const { chart, access } = accessIn('studio', 'resize');
    access.allowFrom({ all: 'namespace', ports: [80] }, { all: 'cluster', ports: [81] });
    expect(specOf(chart).ingress).toEqual([
      { ports: [tcp(80)], from: [{ podSelector: {} }] },
      { ports: [tcp(81)], from: [{ namespaceSelector: {} }] },
    ]);
  });

  test('fails for rules that open nothing or everything by mistake', () => {
    const app = new CapstanApp();
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    new NetworkAccess(chart, 'resize', {
      pods: { app: 'resize' },
      ingress: [{ pods: {}, ports: [80] }],
      egress: [{ cidr: '10.0.0.0', ports: [] }],
    });
    expect(() => app.documents()).toThrow(SpecError);
    expect(() => app.documents()).toThrow(
      /^studio\/resize: ingress\[0\]\.pods must be one label .*\nstudio\/resize: egress\[0\]\.ports must be .*\nstudio\/resize: egress\[0\]\.cidr must be a range /,
    );
  });
});
