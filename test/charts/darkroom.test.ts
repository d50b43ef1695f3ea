import { describe, expect, test } from '@jest/globals';
import { Chart, Duration } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { DarkroomAgents } from '../../charts/agents';
import { Darkroom } from '../../charts/darkroom';
import { AGENTS_NAMESPACE, PLACES } from '../../charts/places';
import { Environment } from '../../lib';
import { matchers } from '../../lib/jest';
import { cores } from '../../lib/workload/quantity';
import { type Document, documentsOf, exampleApp, find } from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';

expect.extend(matchers);

const app = exampleApp();
const darkrooms = Object.entries(PLACES).map(([name, { environment, site }]) => {
  const place = new Environment(app, name, environment);
  new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
  return [name, new Darkroom(place, 'darkroom', site)] as const;
});

/** Workloads of a kind, and the pods that they start with. */
function workloads(documents: readonly Document[]): { document: Document; pods: number; pod: Document }[] {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
  return documents
    .filter(({ kind }) => kinds.includes(kind))
    .map((document) => {
      const { kind, metadata, spec } = document;
      const scaler = documents.find(
        (it) => it.kind === 'HorizontalPodAutoscaler' && it.metadata.name === metadata.name,
      );
      const pods = scaler?.spec.minReplicas ?? (kind === 'Job' ? 0 : (spec.replicas ?? 1));
      return { document, pods, pod: spec.template.spec };
    });
}

test('Darkroom synthesizes everywhere without a problem', () => {
  expect(app.model().problems).toEqual([]);
});

describe.each(darkrooms)('Darkroom in %s', (_, darkroom) => {
  const documents = documentsOf(darkroom);

  test('lies in the namespace of its environment, which refuses pods below restricted', () => {
    const { namespace } = Environment.of(darkroom);
    for (const { metadata } of documents) expect([namespace, undefined]).toContain(metadata.namespace);
    for (const { pod } of workloads(documents)) expect(restrictedViolations(pod)).toEqual([]);
  });

  test('has two jobs, opposite in kind', () => {
    const slotsPerCore = (worker: Darkroom['develop']) =>
      worker.plan.figures.poolSlots.value / worker.plan.figures.cpuRequest.value;
    expect(slotsPerCore(darkroom.develop)).toBeLessThan(2);
    expect(slotsPerCore(darkroom.crawl)).toBeGreaterThan(10);
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

  test('writes no Secret: all credentials are references', () => {
    expect(documents.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

function darkroomOf(name: string): Darkroom {
  const found = darkrooms.find(([it]) => it === name)?.[1];
  if (found === undefined) throw new Error(`Darkroom is not deployed to ${name}`);
  return found;
}

test('dev fits a node of two cores, beside the cluster itself', () => {
  const documents = Environment.of(darkroomOf('dev'))
    .node.children.filter(Chart.isChart)
    .flatMap((chart) => documentsOf(chart));
  const requested = workloads(documents).map(({ pods, pod }) => {
    const containers: Document[] = pod.containers;
    const each = containers.map(({ resources }) => cores(cpu(resources.requests.cpu)));
    return pods * each.reduce((sum, value) => sum + value, 0);
  });
  expect(requested.length).toBeGreaterThan(5);
  expect(requested.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1.2);
});

function cpu(quantity: string): Cpu {
  return quantity.endsWith('m') ? Cpu.millis(Number.parseInt(quantity, 10)) : Cpu.units(Number(quantity));
}

test('the edge has no broker, and no other server', () => {
  expect(workloads(documentsOf(darkroomOf('edge'))).map(({ document }) => document.kind)).not.toContain(
    'StatefulSet',
  );
});

test('production works off an evening of photos within a quarter of an hour', () => {
  expect(darkroomOf('production-aws').develop).toDrainWithin(Duration.minutes(15), { backlog: 50_000 });
});
