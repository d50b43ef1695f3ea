import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { acknowledge, type JsonValue, type Refinement, refine, remove, set, type Worker } from '../../lib';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from './example-worker';

const POD = '/spec/template/spec';
const IT = `${POD}/containers/name=worker`;
const added = (name: string, value: JsonValue) => (worker: Worker) => [
  set(`${IT}/env`, [...envOf(worker).filter((it) => it.name !== name), { name, value }]),
];

/** What Capstan sets without GOMAXPROCS, which Go reads from two cores itself. */
function envOf({ plan }: Worker): { name: string; value: string }[] {
  return [
    { name: 'CAPSTAN_CONFIG', value: '/etc/capstan/worker.json' },
    { name: 'GOMEMLIMIT', value: String(plan.figures.gomemlimit.value) },
  ];
}

function linesOf(change: (worker: Worker) => void): string[] {
  const app = exampleApp();
  const worker = exampleWorker(new Chart(app, 'darkroom', { namespace: 'darkroom' }), {
    resources: { cpu: { limit: Cpu.units(2) } },
  });
  change(worker);
  return problemLines(app);
}

describe('fails when the final document of a Worker contradicts its plan in', () => {
  test.each<[string, (worker: Worker) => Refinement[], RegExp]>([
    [
      'its memory limit',
      () => [set(`${POD}/containers/0/resources/limits/memory`, '4Gi')],
      /limits\/memory must be \S+, as planned \(.*\), got "4Gi"\. Say it in the props of the Worker/,
    ],
    [
      'its CPU limit',
      () => [set(`${POD}/containers/0/resources/limits/cpu`, '3')],
      /limits\/cpu must be 2, as .*, got "3"\./,
    ],
    [
      'the grace period',
      () => [set(`${POD}/terminationGracePeriodSeconds`, 1)],
      /terminationGracePeriodSeconds must be \d+, as planned \(.*\), got 1\./,
    ],
    ['a bound of the heap', added('GOMEMLIMIT', '1'), /env GOMEMLIMIT must be \d+, as planned, got "1"\./],
    ['a bound of CPUs', added('GOMAXPROCS', '1'), /env GOMAXPROCS must be left out, as planned, got "1"\./],
    [
      'its configuration',
      (worker) => [set(`${IT}/env`, envOf(worker).slice(1))],
      /env CAPSTAN_CONFIG must be \/etc\/capstan\/worker\.json, as planned, got nothing\./,
    ],
  ])('%s, unless it is acknowledged', (_, changes, line) => {
    expect(linesOf((worker) => refine(worker.deployment, ...changes(worker)))).toEqual([
      expect.stringMatching(line),
    ]);
    const lines = linesOf((worker) => {
      refine(worker.deployment, ...changes(worker));
      acknowledge(worker, 'plan-contradiction', 'It is a test.');
    });
    expect(lines).toEqual([]);
  });

  test('the most pods', () => {
    const lines = linesOf(({ autoscaler, deployment }) =>
      refine(autoscaler ?? deployment, set('/spec/maxReplicas', 500)),
    );
    expect(lines).toEqual([
      expect.stringMatching(/HorizontalPodAutoscaler develop \/spec\/maxReplicas must be \d+, .*, got 500\./),
    ]);
  });

  test('all variables', () => {
    const lines = linesOf(({ deployment }) => refine(deployment, remove(`${IT}/env`)));
    expect(lines).toEqual([
      expect.stringMatching(/env CAPSTAN_CONFIG .* got nothing/),
      expect.stringMatching(/env GOMEMLIMIT .* got nothing/),
    ]);
  });
});

test('a refinement that the plan says nothing about is no problem', () => {
  expect(linesOf(({ deployment }) => refine(deployment, set(`${POD}/enableServiceLinks`, false)))).toEqual(
    [],
  );
});
