import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { acceptFields, CapstanApp, CustomSchemas, Environment, refine, SpecError, set } from '../../lib';
import type { JsonObject } from '../../lib/json-value';
import { changed, deployment } from './documents';

/** The lines of the error that rendering an app ends in. */
function linesOf(app: CapstanApp): string[] {
  try {
    app.documents();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

function add(scope: CapstanApp | Environment, document: JsonObject): ApiObject {
  const chart = new Chart(scope, 'studio', {
    namespace: scope instanceof Environment ? scope.namespace : 'studio',
  });
  const { namespace, ...metadata } = document.metadata as JsonObject;
  return new ApiObject(chart, 'it', { ...document, metadata } as never);
}

const later = changed(deployment, '/spec/template/spec/hostnameOverride', 'it');
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'it' }, spec: { size: 1 } };

describe('a synth', () => {
  test('fails with every document that clusters would refuse, and the path of its construct', () => {
    const app = new CapstanApp();
    const object = add(app, changed(deployment, '/spec/replicas', '3'));
    refine(object, set('/spec/template/spec/hostNetworking', true));
    expect(linesOf(app)).toEqual([
      'studio/it: Deployment /spec/replicas must be a whole number of 32 bits, got "3". Take away the quotes.',
      'studio/it: Deployment /spec/template/spec/hostNetworking must be a field that Kubernetes 1.32 to 1.37 knows, ' +
        'got "hostNetworking". Write hostNetwork.',
    ]);
  });

  test('checks each environment against its own clusters', () => {
    const app = new CapstanApp({ cluster: { oldest: '1.33' } });
    add(new Environment(app, 'old'), later);
    add(new Environment(app, 'fresh', { kubernetes: { oldest: '1.35' } }), later);
    const versions = linesOf(app).filter((line) => line.includes('came with'));
    expect(versions).toEqual([expect.stringMatching(/^old\/studio\/it: .* came with 1\.34\. /)]);
  });

  test('checks charts outside of an environment against the clusters of the app', () => {
    const app = new CapstanApp({ cluster: { oldest: '1.35' } });
    add(app, later);
    expect(linesOf(app)).toEqual([]);
  });

  test('lets kinds through that it has no schema of, unless the program brings one', () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'string' } } } },
              },
            },
          },
        ],
      },
    };
    const without = new CapstanApp();
    add(without, widget);
    expect(linesOf(without)).toEqual([]);
    const app = new CapstanApp({ schemas: [CustomSchemas.fromDocuments([crd], 'widgets.yaml')] });
    add(app, widget);
    expect(linesOf(app)).toEqual([
      'studio/it: Widget /spec/size must be a string, got 1, a number. Put it in quotes.',
    ]);
  });

  test('lets fields through that the program accepts, and only those', () => {
    const app = new CapstanApp();
    const document = changed(changed(deployment, '/spec/fresh', { of: 1 }), '/spec/freshness', 1);
    acceptFields(add(app, document), '/spec/fresh');
    expect(linesOf(app)).toEqual([expect.stringContaining('/spec/freshness must be a field')]);
  });
});
