import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { Environment, type EnvironmentProps, type WebServiceProps } from '../../lib';
import { type Document, documentsOf, exampleApp } from '../worker/example-worker';
import { environmentChart, exampleService, GATEWAY, INGRESS, serviceDocuments } from './example-service';

const expose = { host: 'photos.example.com', paths: ['/upload'] };

const variants: [string, Partial<WebServiceProps>, EnvironmentProps][] = [
  ['inside of the cluster', {}, {}],
  ['behind a gateway', { expose, protocols: ['http', 'grpc', 'grpc-web'] }, GATEWAY],
  ['behind an ingress controller', { expose, loadBalancer: {} }, INGRESS],
];

describe('stability', () => {
  const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
  const place = fc.record({ parents: fc.array(segment, { maxLength: 4 }), chart: segment });

  /** What cdk8s-plus' own methods make of the service, wherever it stands. */
  function withMethods(scope: Construct, props: Partial<WebServiceProps>): void {
    const { deployment, service } = exampleService(scope, props);
    deployment.exposeViaService({ name: 'extra', ports: [{ port: 8080 }] });
    service.metadata.addAnnotation('example.com/own', 'yes');
    deployment.connections.allowFrom(deployment);
  }

  /** Names of policies that cdk8s-plus makes follow from the path; nothing else of them does. */
  const unnamed = (document: Document) =>
    document.kind === 'NetworkPolicy' && document.metadata.name !== 'upload'
      ? { ...document, metadata: { ...document.metadata, name: '' } }
      : document;

  test.each(variants)('a service %s is written the same wherever it stands', (_, props, environment) => {
    const expected = serviceDocuments(props, environment);
    fc.assert(
      fc.property(place, ({ parents, chart: id }) => {
        const root = new Environment(exampleApp(), 'darkroom', environment);
        const chart = new Chart(root, id, { namespace: 'darkroom' });
        exampleService(
          parents.reduce<Construct>((parent, it) => new Construct(parent, it), chart),
          props,
        );
        expect(documentsOf(chart)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test("what cdk8s-plus' own methods emit does not depend on the path either", () => {
    const rendered = (parents: readonly string[], id: string) => {
      const chart = new Chart(new Environment(exampleApp(), 'darkroom'), id, { namespace: 'darkroom' });
      withMethods(
        parents.reduce<Construct>((parent, it) => new Construct(parent, it), chart),
        {},
      );
      return documentsOf(chart).map(unnamed);
    };
    const expected = rendered([], 'photos');
    expect(expected.map((it) => it.metadata.name)).toContain('extra');
    fc.assert(
      fc.property(place, ({ parents, chart }) => {
        expect(rendered(parents, chart)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('the check finds a planted name that follows from the path', () => {
    const rendered = (parent: string) => {
      const chart = environmentChart();
      const { deployment } = exampleService(new Construct(chart, parent));
      deployment.exposeViaService({ ports: [{ port: 8080 }] });
      return documentsOf(chart);
    };
    expect(rendered('one')).not.toEqual(rendered('other'));
  });

  test('a sibling changes nothing of a service', () => {
    const chart = environmentChart(GATEWAY);
    exampleService(chart, { expose: { host: 'other.example.com' } }, 'other');
    exampleService(chart, { expose });
    const own = documentsOf(chart).filter(
      ({ metadata }) => metadata.labels['app.kubernetes.io/instance'] === 'upload',
    );
    expect(own).toEqual(serviceDocuments({ expose }, GATEWAY));
  });

  test('two renderings of one tree are the same text', () => {
    const chart = environmentChart(GATEWAY);
    exampleService(chart, { expose });
    expect(JSON.stringify(documentsOf(chart))).toBe(JSON.stringify(documentsOf(chart)));
  });

  test('names are the id of the construct, without hashes', () => {
    const names = serviceDocuments({ expose }, INGRESS).map((it) => it.metadata.name);
    expect(new Set(names)).toEqual(new Set(['upload', 'upload-metrics']));
  });
});
