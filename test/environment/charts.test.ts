import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { ClusterRole, Deployment } from 'cdk8s-plus-27';
import { Environment, type EnvironmentProps, restrict } from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp } from '../worker/example-worker';

function linesOf(namespace: string | undefined, props: EnvironmentProps = {}): string[] {
  const app = exampleApp();
  const environment = new Environment(app, 'staging', { namespace: 'studio', ...props });
  const chart = new Chart(environment, 'web', namespace === undefined ? {} : { namespace });
  restrict(new Deployment(chart, 'Web', { containers: [{ image: 'registry.example.com/web:1' }] }));
  new ApiObject(chart, 'Config', { apiVersion: 'v1', kind: 'ConfigMap' });
  return problemLines(app);
}

describe('the charts of an environment', () => {
  test('may lie in each of its namespaces', () => {
    expect(linesOf('studio')).toEqual([]);
    expect(linesOf('agents', { namespaces: [{ name: 'agents' }] })).toEqual([]);
  });

  test('may lie in a namespace of somebody else, in which the environment makes nothing', () => {
    const namespaces = [{ name: 'monitoring', existing: true }];
    expect(linesOf('monitoring', { namespaces })).toEqual([]);
    const environment = new Environment(exampleApp(), 'staging', { namespaces });
    const documents = environment.node.findAll().filter(Chart.isChart).flatMap(documentsOf);
    expect(documents.map(({ metadata }) => metadata.namespace ?? metadata.name)).toEqual([
      'staging',
      'staging',
    ]);
  });

  test('need no namespace for objects that lie in none', () => {
    const app = exampleApp();
    const chart = new Chart(new Environment(app, 'staging'), 'roles');
    new ClusterRole(chart, 'Reader');
    new ApiObject(chart, 'Issuer', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      spec: { selfSigned: {} },
    });
    expect(problemLines(app)).toEqual([]);
  });
});

describe('fails', () => {
  test('for a chart without a namespace, once for all its objects', () => {
    expect(linesOf(undefined)).toEqual([
      expect.stringMatching(
        /^staging: chart staging\/web: namespace must be given, since it holds ConfigMap, Deployment, got none\. Make it with new Chart\(environment, "web", \{ namespace: environment\.namespace \}\)\.$/,
      ),
    ]);
  });

  test('for a namespace that the environment does not make', () => {
    expect(linesOf('stduio')).toEqual([
      expect.stringMatching(
        /^staging: chart staging\/web: namespace must be one that the environment makes \(studio\), .*, got stduio\. Add \{ name: "stduio" \} .* existing: true /,
      ),
    ]);
  });
});
