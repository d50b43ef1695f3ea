import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { documentsOf, exampleApp, exampleChart, find } from '../worker/example-worker';
import { exampleService, serviceDocuments } from './example-service';

describe('stability', () => {
  const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);

  test('a stateful service is written the same wherever it stands in the tree', () => {
    const expected = serviceDocuments();
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), segment, (parents, chartId) => {
        const chart = new Chart(exampleApp(), chartId, { namespace: 'darkroom' });
        exampleService(parents.reduce<Construct>((parent, id) => new Construct(parent, id), chart));
        expect(documentsOf(chart)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('labels of the chart are nowhere where they could never be changed', () => {
    const before = find(serviceDocuments(), 'StatefulSet').spec;
    const labels = { 'app.kubernetes.io/part-of': 'studio' };
    const after = find(serviceDocuments({}, { namespace: 'darkroom', labels }), 'StatefulSet').spec;
    expect(after.volumeClaimTemplates).toEqual(before.volumeClaimTemplates);
    expect(after.selector).toEqual(before.selector);
    expect(after.serviceName).toBe(before.serviceName);
  });

  test('a change of the configuration replaces the pods, and nothing else of them changes', () => {
    const before = find(serviceDocuments(), 'StatefulSet').spec;
    const config = { path: '/etc/ledger', files: { 'ledger.conf': 'fsync = never\n' } };
    const after = find(serviceDocuments({ config }), 'StatefulSet').spec;
    expect(after.template.metadata.annotations).not.toEqual(before.template.metadata.annotations);
    expect({ ...after, template: after.template.spec }).toEqual({
      ...before,
      template: before.template.spec,
    });
  });

  test("cdk8s-plus' own selectors do not depend on the path either", () => {
    const chart = exampleChart();
    const { statefulSet } = exampleService(new Construct(chart, 'deep'));
    statefulSet.connections.allowFrom(statefulSet);
    const policies = documentsOf(chart).filter((it) => it.kind === 'NetworkPolicy');
    const theirs = policies.filter(({ metadata }) => metadata.name !== 'ledger');
    expect(theirs.length).toBeGreaterThan(0);
    for (const { spec } of theirs) {
      expect(spec.podSelector.matchLabels).toEqual({ 'cdk8s.io/metadata.addr': 'ledger' });
    }
  });
});
