import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import {
  documentsOf,
  exampleApp,
  exampleChart,
  exampleWorker,
  find,
  workerDocuments,
} from './example-worker';

describe('stability', () => {
  const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);

  test('a worker is written the same wherever it stands in the tree', () => {
    const expected = workerDocuments();
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), segment, (parents, chartId) => {
        const chart = new Chart(exampleApp(), chartId, { namespace: 'darkroom' });
        const scope = parents.reduce<Construct>((parent, id) => new Construct(parent, id), chart);
        exampleWorker(scope);
        expect(documentsOf(chart)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('two renderings of one tree are the same text', () => {
    const chart = exampleChart();
    exampleWorker(chart);
    expect(JSON.stringify(documentsOf(chart))).toBe(JSON.stringify(documentsOf(chart)));
  });

  test('names are the id of the construct, without hashes', () => {
    const names = new Set(workerDocuments().map((it) => it.metadata.name));
    expect(names).toEqual(new Set(['develop', 'develop-metrics']));
  });

  test('a change of the configuration rolls the pods; the selector stays', () => {
    const before = find(workerDocuments(), 'Deployment').spec;
    const after = find(workerDocuments({ settings: { quality: '80' } }), 'Deployment').spec;
    expect(after.template.metadata.annotations).not.toEqual(before.template.metadata.annotations);
    expect(after.template.spec).toEqual(before.template.spec);
    expect(after.selector).toEqual(before.selector);
  });

  test('a change outside the pods does not roll them', () => {
    const before = find(workerDocuments(), 'Deployment').spec.template;
    const egress = [{ cidr: '0.0.0.0/0', ports: [443] }];
    expect(find(workerDocuments({ egress }), 'Deployment').spec.template).toEqual(before);
  });

  test("cdk8s-plus' own selectors do not depend on the path either", () => {
    const chart = exampleChart();
    const { deployment } = exampleWorker(new Construct(chart, 'deep'));
    const service = deployment.exposeViaService({ name: 'extra', ports: [{ port: 9090 }] });
    const { selector } = find(documentsOf(chart), 'Service', service.name).spec;
    expect(selector).toEqual({ 'cdk8s.io/metadata.addr': 'develop' });
  });
});
