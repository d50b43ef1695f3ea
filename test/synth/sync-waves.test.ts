import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { type CapstanApp, Environment, type JsonObject, NatsCluster } from '../../lib';
import { within } from '../../lib/plan/fields';
import { exampleApp, exampleWorker } from '../worker/example-worker';

const WAVE = 'argocd.argoproj.io/sync-wave';

function settings(scope: Construct, id: string, annotations: Record<string, string> = {}): ApiObject {
  return new ApiObject(scope, id, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: id, annotations },
  });
}

/** The waves of all documents that have one, by `Kind name`. */
function wavesOf(documents: readonly JsonObject[]): Record<string, unknown> {
  const waves = documents.map((document) => {
    const key = `${document.kind} ${within(document, 'metadata', 'name')}`;
    return [key, within(document, 'metadata', 'annotations', WAVE)] as const;
  });
  return Object.fromEntries(waves.filter(([, wave]) => wave !== undefined));
}

function wavesIn(app: CapstanApp): Record<string, unknown> {
  return wavesOf(app.documents());
}

describe('sync waves', () => {
  test('are of namespaces and CRDs alone where nothing depends on anything', () => {
    const app = exampleApp({ syncWaves: true });
    const environment = new Environment(app, 'staging');
    const chart = new Chart(environment, 'studio', { namespace: 'staging' });
    exampleWorker(chart);
    new ApiObject(chart, 'crd', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    });
    expect(wavesIn(app)).toEqual({
      'Namespace staging': '-1',
      'CustomResourceDefinition widgets.example.com': '-1',
    });
  });

  test('count what explicitly depends on something, and nothing else', () => {
    const app = exampleApp({ syncWaves: true });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const [one, two, three] = ['one', 'two', 'three'].map((id) => settings(chart, id));
    settings(chart, 'beside');
    three?.node.addDependency(two as ApiObject);
    two?.node.addDependency(one as ApiObject);
    expect(wavesIn(app)).toEqual({ 'ConfigMap two': '1', 'ConfigMap three': '2' });
  });

  test('are none of a StatefulSet, which depends on its Service by itself', () => {
    const app = exampleApp({ syncWaves: true });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const cluster = new NatsCluster(chart, 'broker', { replicas: 3, storage: Size.gibibytes(10) });
    expect(wavesIn(app)).toEqual({});
    settings(chart, 'web').node.addDependency(cluster);
    expect(wavesIn(app)).toEqual({ 'ConfigMap web': '1' });
  });

  test('put all of a chart after all of another one', () => {
    const app = exampleApp();
    const environment = new Environment(app, 'staging', { syncWaves: true });
    const base = new Chart(environment, 'base', { namespace: 'staging' });
    const shop = new Chart(environment, 'shop', { namespace: 'staging' });
    const first = settings(base, 'first');
    settings(base, 'second').node.addDependency(first);
    settings(shop, 'web');
    shop.node.addDependency(base);
    expect(wavesIn(app)).toEqual({
      'Namespace staging': '-1',
      'ConfigMap second': '1',
      'ConfigMap web': '2',
    });
  });

  test('leave what depends on a namespace where everything else is', () => {
    const app = exampleApp({ syncWaves: true });
    const environment = new Environment(app, 'staging');
    const chart = new Chart(environment, 'studio', { namespace: 'staging' });
    const isNamespace = (it: Construct) => ApiObject.isApiObject(it) && it.kind === 'Namespace';
    const [namespace] = environment.node.findAll().filter((it) => isNamespace(it as Construct));
    settings(chart, 'web').node.addDependency(namespace as ApiObject);
    expect(wavesIn(app)).toEqual({ 'Namespace staging': '-1' });
  });

  test('keep one that a program has given, and count from it', () => {
    const app = exampleApp({ syncWaves: true });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const early = settings(chart, 'early', { [WAVE]: '-5' });
    const late = settings(chart, 'late', { [WAVE]: '7', other: 'note' });
    settings(chart, 'between').node.addDependency(early);
    settings(chart, 'after').node.addDependency(late);
    expect(wavesIn(app)).toEqual({
      'ConfigMap early': '-5',
      'ConfigMap late': '7',
      'ConfigMap after': '8',
    });
  });

  test('are of the environments that ask for them', () => {
    const app = exampleApp({ syncWaves: true });
    new Environment(app, 'staging');
    new Environment(app, 'laptop', { syncWaves: false });
    expect(wavesIn(app)).toEqual({ 'Namespace staging': '-1' });
    expect(wavesOf(app.documents({ environment: 'laptop' }))).toEqual({});
  });

  test('are none where nobody asks', () => {
    const app = exampleApp();
    const chart = new Chart(new Environment(app, 'staging'), 'studio', { namespace: 'staging' });
    settings(chart, 'two').node.addDependency(settings(chart, 'one'));
    expect(wavesIn(app)).toEqual({});
  });

  test('stand among other annotations by name', () => {
    const app = exampleApp({ syncWaves: true });
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    const one = settings(chart, 'one');
    settings(chart, 'two', { b: '2', a: '1' }).node.addDependency(one);
    const two = app.documents().find((it) => within(it, 'metadata', 'name') === 'two');
    expect(JSON.stringify(two?.metadata)).toBe(
      `{"annotations":{"a":"1","${WAVE}":"1","b":"2"},"name":"two","namespace":"studio"}`,
    );
  });
});
