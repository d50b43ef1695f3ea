import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Environment, PriorityClass, type PriorityClassProps } from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart } from '../worker/example-worker';

function documentOf(props: PriorityClassProps) {
  const chart = exampleChart();
  new PriorityClass(chart, 'batch', props);
  return documentsOf(chart)[0];
}

describe('PriorityClass', () => {
  test('is written whole, in no namespace', () => {
    const description = 'Work that can wait.';
    expect(documentOf({ value: -100, preempts: 'never', globalDefault: true, description })).toEqual({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'batch' },
      value: -100,
      preemptionPolicy: 'Never',
      globalDefault: true,
      description,
    });
  });

  test('pushes out pods of lower values unless told otherwise', () => {
    expect(documentOf({ value: 5 }).preemptionPolicy).toBe('PreemptLowerPriority');
  });

  test('may be the default in each of several environments', () => {
    const app = exampleApp();
    for (const name of ['staging', 'production']) {
      const chart = new Chart(new Environment(app, name), 'classes');
      new PriorityClass(chart, 'batch', { value: 1, globalDefault: true });
    }
    expect(app.node.findAll().flatMap(({ node }) => node.validate())).toEqual([]);
  });
});

describe('fails', () => {
  test.each<[string, PriorityClassProps, RegExp]>([
    [
      'for a value of the cluster itself',
      { value: 2_000_000_000 },
      /^classes\/batch: value must be a whole number from -2,147,483,648 to 1,000,000,000, got 2,000,000,000\. /,
    ],
    ['for half a value', { value: 1.5 }, /^classes\/batch: value must be a whole number .*, got 1\.5\. /],
    [
      'for a name of the cluster itself',
      { value: 1, name: 'system-batch' },
      /^classes\/batch: name must be a name .* does not begin with system-, got "system-batch"\. /,
    ],
  ])('%s', (_, props, line) => {
    const app = exampleApp();
    new PriorityClass(new Chart(app, 'classes'), 'batch', props);
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });

  test('for a second default in one cluster', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'classes');
    new PriorityClass(chart, 'batch', { value: 1, globalDefault: true });
    new PriorityClass(chart, 'urgent', { value: 2, globalDefault: true });
    expect(problemLines(app)).toEqual([
      expect.stringMatching(
        /^classes\/urgent: globalDefault must be true for one PriorityClass .*, got true, as for classes\/batch\. /,
      ),
    ]);
  });
});
