import { describe, expect, test } from '@jest/globals';
import type { Egress } from '../../lib';
import { documentsOf, exampleChart, exampleWorker, find, workerDocuments } from './example-worker';

function egressRules(egress: readonly Egress[]) {
  const [dns, ...rules] = find(workerDocuments({ egress }), 'NetworkPolicy').spec.egress;
  expect(dns.ports).toContainEqual({ protocol: 'UDP', port: 53 });
  return rules;
}

describe('the network of a worker', () => {
  test('is closed but for DNS', () => {
    expect(egressRules([])).toEqual([]);
  });

  test('opens to addresses, with holes', () => {
    const egress = [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'], ports: [80, 443] }];
    expect(egressRules(egress)).toEqual([
      {
        to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }],
        ports: [80, 443].map((port) => ({ protocol: 'TCP', port })),
      },
    ]);
  });

  test('opens to pods, of its own namespace unless another is named', () => {
    const pods = { app: 'catalog' };
    const namespace = { team: 'data' };
    expect(
      egressRules([
        { pods, ports: [5432] },
        { pods, namespace, ports: [5432] },
      ]),
    ).toMatchObject([
      { to: [{ podSelector: { matchLabels: pods } }] },
      { to: [{ podSelector: { matchLabels: pods }, namespaceSelector: { matchLabels: namespace } }] },
    ]);
    const [own] = egressRules([{ pods, ports: [5432] }]);
    expect(own.to[0]).not.toHaveProperty('namespaceSelector');
  });

  test("opens further through cdk8s-plus' connections, to the same pods", () => {
    const chart = exampleChart();
    const crawl = exampleWorker(chart, {}, 'crawl');
    const develop = exampleWorker(chart);
    develop.deployment.connections.allowTo(crawl.deployment);
    const documents = documentsOf(chart);
    const made = documents.filter(
      (it) => it.kind === 'NetworkPolicy' && !['crawl', 'develop'].includes(it.metadata.name),
    );
    const labels = (name: string) => find(documents, 'Deployment', name).spec.template.metadata.labels;
    expect(made).toHaveLength(2);
    for (const policy of made) {
      const name = policy.spec.egress === undefined ? 'crawl' : 'develop';
      expect(labels(name)).toMatchObject(policy.spec.podSelector.matchLabels);
    }
  });
});
