import { describe, expect, test } from '@jest/globals';
import { Duration } from 'cdk8s';
import { Darkroom } from '../../charts/darkroom';
import { matchers } from '../../lib/jest';
import { type Document, documentsOf, exampleApp, find } from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';

expect.extend(matchers);

describe('Darkroom', () => {
  const app = exampleApp();
  const darkroom = new Darkroom(app, 'darkroom');
  const documents = documentsOf(darkroom);

  test('synthesizes without a problem', () => {
    expect(app.model().problems).toEqual([]);
    expect(app.documents()).toEqual(documents);
  });

  test('lies in a namespace of its own that refuses pods below restricted, and has none itself', () => {
    const namespace = find(documents, 'Namespace');
    expect(documents[0]).toBe(namespace);
    expect(namespace.metadata).not.toHaveProperty('namespace');
    expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    for (const document of documents.slice(1)) {
      expect(document.metadata.namespace).toBe(namespace.metadata.name);
    }
    const deployments = documents.filter((it) => it.kind === 'Deployment');
    expect(deployments).toHaveLength(2);
    for (const { spec } of deployments) expect(restrictedViolations(spec.template.spec)).toEqual([]);
  });

  test('has two jobs, opposite in kind', () => {
    const slotsPerCore = (worker: Darkroom['develop']) =>
      worker.plan.figures.poolSlots.value / worker.plan.figures.cpuRequest.value;
    expect(slotsPerCore(darkroom.develop)).toBeLessThan(2);
    expect(slotsPerCore(darkroom.crawl)).toBeGreaterThan(10);
  });

  test('works off an evening of photos within a quarter of an hour', () => {
    expect(darkroom.develop).toDrainWithin(Duration.minutes(15), { backlog: 50_000 });
  });

  test('gives handlers only folders that the pod can reach', () => {
    for (const worker of [darkroom.develop, darkroom.crawl]) {
      const { spec } = find(documents, 'Deployment', worker.plan.name);
      const [container] = spec.template.spec.containers;
      const writable = container.volumeMounts.filter((it: Document) => !it.readOnly);
      const { output } = worker.contract.folders ?? {};
      expect(writable.some((it: Document) => `${output}/`.startsWith(`${it.mountPath}/`))).toBe(true);
    }
  });
});
